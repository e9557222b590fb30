/* nftables_table: one table of a machine.
 *
 * Every change loads the whole table in one transaction. A change that loam does not confirm over a
 * new connection is rolled back (table_host.h). Other tables of the machine are not changed. Rules
 * are text in nft's own syntax; the live table is compared by digests of its normal form, so the
 * spelling of a rule does not matter, and drift is shown rule by rule. */
#include "nftables_provider.h"

#include "duration.h"
#include "map_change.h"
#include "object_builder.h"
#include "object_id.h"
#include "ruleset_text.h"
#include "ssh_client.h"
#include "table_host.h"
#include "timeouts.h"

#define NOTES_MAX ((size_t)100)

/* An imported table has no triggers: to add the first ones changes nothing. */
static bool triggers_force_new(Value prior, Value planned) {
    return value_is_present(prior) && map_change_forces_new(prior, planned);
}

/* clang-format off */
static const Attribute set_attributes[] = {
    {"type",       &TYPE_STRING,         REQUIRED, "Type of the elements: \"ipv4_addr\", \"ipv4_addr . inet_service\"; of a map with its values: \"inet_service : verdict\"."},
    {"flags",      &TYPE_LIST_OF_STRING, OPTIONAL, "Flags: \"interval\", \"timeout\", \"dynamic\", \"constant\"."},
    {"timeout",    &TYPE_STRING,         OPTIONAL, "Time after which elements are removed: \"1h\"."},
    {"size",       &TYPE_NUMBER,         OPTIONAL, "Greatest number of elements."},
    {"auto_merge", &TYPE_BOOL,           OPTIONAL, "Whether nft merges adjacent and overlapping intervals."},
    {"elements",   &TYPE_SET_OF_STRING,  OPTIONAL, "Elements: \"10.0.0.0/8\"; of a map: \"22 : accept\". Packets may add elements to a set with the flag \"dynamic\"; these are not compared."},
};

static const Attribute chain_attributes[] = {
    {"type",     &TYPE_STRING,         OPTIONAL, "Type of a chain that packets enter by themselves.", .one_of = "filter nat route"},
    {"hook",     &TYPE_STRING,         OPTIONAL, "Where packets enter the chain. Without a hook, only rules lead there.", .one_of = "prerouting input forward output postrouting ingress egress"},
    {"priority", &TYPE_STRING,         OPTIONAL, "Order of the chains of a hook: \"filter\", \"-10\", \"mangle + 5\"."},
    {"policy",   &TYPE_STRING,         OPTIONAL, "What happens to packets that no rule decides about (default: accept).", .one_of = "accept drop"},
    {"devices",  &TYPE_LIST_OF_STRING, OPTIONAL, "Network interfaces, for the hooks \"ingress\" and \"egress\"."},
    {"rules",    &TYPE_LIST_OF_STRING, OPTIONAL, "Rules in nft's syntax, in their order: \"tcp dport 22 ip saddr @admin accept\"."},
};

static const ArgumentRule chain_rules[] = {
    {RULE_REQUIRED_WITH, {"hook", "type", "priority"}},
    {RULE_REQUIRED_WITH, {"type", "hook"}            },
    {RULE_REQUIRED_WITH, {"priority", "hook"}        },
    {RULE_REQUIRED_WITH, {"policy", "hook"}          },
    {RULE_REQUIRED_WITH, {"devices", "hook"}         },
};

static const Attribute table_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(FORCES_NEW),
    {"family", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Packets that the table sees; \"inet\" is IPv4 and IPv6.", .default_json = "\"inet\"", .one_of = "inet ip ip6 arp bridge netdev"},
    {"name",   &TYPE_STRING, REQUIRED | FORCES_NEW, "Name of the table. The machine must have no such table, unless this object made it."},
    {"sets",   NULL, OPTIONAL, "Sets by name. Rules use them as @NAME.", .nested = NESTED(NEST_MAP, set_attributes)},
    {"maps",   NULL, OPTIONAL, "Maps by name.", .nested = NESTED(NEST_MAP, set_attributes)},
    {"chains", NULL, OPTIONAL, "Chains by name.", .nested = NESTED_WITH(NEST_MAP, chain_attributes, chain_rules)},
    {"persist", &TYPE_BOOL, OPTIONAL | COMPUTED, "Whether the machine loads the table at boot, by a unit of systemd.", .default_json = "true"},
    {"confirm_timeout", &TYPE_STRING, OPTIONAL | COMPUTED, "Time in which a new connection must succeed after a change; otherwise the machine loads the old table again.", .default_json = "\"30s\"", .check = duration_check},
    {"ignore_other_firewalls", &TYPE_BOOL, OPTIONAL | COMPUTED, "Whether to change the table although firewalld or ufw is active on the machine.", .default_json = "false"},
    {"triggers", &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT, "Any values, such as the ID of the machine; a change makes the table again, because a new machine has none.", .forces_new = triggers_force_new},
    {"id",     &TYPE_STRING, COMPUTED, "Identifies the object on the machine."},
};
/* clang-format on */

static const Block blocks[] = {TIMEOUTS_BLOCK};

#define NAME_MAX_BYTES ((size_t)64)

#define DEVICE_MAX_BYTES ((size_t)15) /* IFNAMSIZ without its end */

static bool text_is_name(Str name) {
    bool is_good =
        name.len > 0 && name.len <= NAME_MAX_BYTES && isalpha((unsigned char)name.ptr[0]);
    for (size_t i = 0; is_good && i < name.len; i++) {
        char c = name.ptr[i];
        is_good = isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
    }
    return is_good;
}

/* Returns the reason why the text is not one rule or one element; NULL: it is one. */
static const char *find_defect(Str text) {
    bool is_quoted = false;
    size_t depth = 0;
    if (str_trim(text).len == 0)
        return "It is empty.";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((unsigned char)c < ' ' && c != '\t')
            return "It has several lines, or control characters. Write one rule in one line.";
        if (c == '"')
            is_quoted = !is_quoted;
        if (is_quoted)
            continue;
        if (c == ';')
            return "It contains \";\", which ends a command. Chains within a rule are not "
                   "supported: declare the chain, and jump to it.";
        if (c == '#' || c == '\\')
            return "It contains \"#\" or \"\\\", which nft does not read as part of a rule. Use "
                   "comment \"…\" for a comment.";
        if (c == '{')
            depth++;
        if (c == '}' && depth-- == 0)
            return "It has a \"}\" without \"{\".";
    }
    return is_quoted ? "A quotation mark is missing." : depth > 0 ? "A \"}\" is missing." : NULL;
}

/* Returns the reason why the text is not one element; NULL: it is one. */
static const char *find_element_defect(Str text) {
    const char *defect = find_defect(text);
    bool is_quoted = false;
    size_t depth = 0;
    for (size_t i = 0; !defect && i < text.len; i++) {
        char c = text.ptr[i];
        is_quoted ^= c == '"';
        depth += !is_quoted && c == '{';
        depth -= !is_quoted && c == '}';
        if (c == ',' && !is_quoted && depth == 0)
            defect = "It contains \",\", which separates elements. Write each element as a text of "
                     "its own.";
    }
    return defect;
}

/* Returns the reason why the text is not one value of a property such as a priority; NULL: it is
 * one. */
static const char *find_property_defect(Str text) {
    const char *defect = find_defect(text);
    for (size_t i = 0; !defect && i < text.len; i++) {
        if (text.ptr[i] == '{' || text.ptr[i] == '"')
            defect = "Braces and quotation marks are not allowed here.";
    }
    return defect;
}

/* Linux accepts other names, but nft cannot write all of them. */
static bool text_is_device(Str name) {
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c <= ' ' || c >= 0x7f || strchr("\"/\\*", c))
            return false;
    }
    return name.len > 0 && name.len <= DEVICE_MAX_BYTES;
}

/* Returns whether the rule has a keyword that sets its position; its index must. */
static bool has_position(Str rule) {
    static const Str words[] = {STR_CONST("position"), STR_CONST("handle"), STR_CONST("index")};
    Str text = str_trim(rule);
    size_t end = 0;
    while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != '\t')
        end++;
    return str_is_among(str_slice(text, 0, end), words, ARRAY_COUNT(words));
}

static bool validate_rule(const Call *call, Path path, Value rule, Diags *diags) {
    if (!value_is_present(rule))
        return value_is_known(rule) ? path_error(call, path, diags, "Invalid rule", "It is null.")
                                    : true;
    const char *defect = find_defect(value_text(rule));
    if (!defect && has_position(value_text(rule)))
        defect = "A rule has its place by its index in the list: remove the first word.";
    return !defect || path_error(call, path, diags, "Invalid rule", "%s", defect);
}

static bool validate_devices(const Call *call, Str name, Value chain, Diags *diags) {
    bool is_good = true;
    for (size_t i = 0; i < nested_list_count(chain, "devices"); i++) {
        Value device = nested_list_at(chain, "devices", i);
        if (!value_is_known(device) ||
            (value_is_present(device) && text_is_device(value_text(device))))
            continue;
        is_good = path_error(
            call, PATH_AT(call, {"chains"}, {.key = name}, {"devices"}, {.index = i}), diags,
            "Invalid device",
            "The name of a network interface has 1 to %d characters of ASCII, without blanks, "
            "quotation marks, \"/\", \"\\\" and \"*\".",
            (int)DEVICE_MAX_BYTES);
    }
    return is_good;
}

static bool validate_chain(const Call *call, Str name, Value chain, Diags *diags) {
    if (!value_is_present(chain))
        return true;
    bool is_good = validate_devices(call, name, chain, diags);
    Str priority = object_text(chain, "priority", STR("0"));
    const char *defect = find_property_defect(priority);
    if (defect)
        is_good = path_error(call, PATH_AT(call, {"chains"}, {.key = name}, {"priority"}), diags,
                             "Invalid priority", "\"%.*s\": %s", STR_ARG(priority), defect);
    for (size_t i = 0; i < nested_list_count(chain, "rules"); i++) {
        Path path = PATH_AT(call, {"chains"}, {.key = name}, {"rules"}, {.index = i});
        is_good &= validate_rule(call, path, nested_list_at(chain, "rules", i), diags);
    }
    return is_good;
}

static bool validate_set(const Call *call, const char *attribute, Str name, Value set,
                         Diags *diags) {
    static const char *const texts[] = {"elements", "flags"};
    static const char *const lines[] = {"type", "timeout"};
    bool is_good = true;
    for (size_t i = 0; value_is_present(set) && i < ARRAY_COUNT(texts); i++) {
        StrVec items = nested_list_texts(set, texts[i], call->arena);
        vec_each(&items, item) {
            const char *defect = find_element_defect(*item);
            if (defect)
                is_good =
                    path_error(call, PATH_AT(call, {attribute}, {.key = name}, {texts[i]}), diags,
                               "Invalid element", "\"%.*s\": %s", STR_ARG(*item), defect);
        }
    }
    for (size_t i = 0; value_is_present(set) && i < ARRAY_COUNT(lines); i++) {
        Str text = object_text(set, lines[i], STR("-"));
        const char *defect = find_property_defect(text);
        if (defect)
            is_good = path_error(call, PATH_AT(call, {attribute}, {.key = name}, {lines[i]}), diags,
                                 "Invalid set", "\"%.*s\": %s", STR_ARG(text), defect);
    }
    return is_good;
}

static bool ruleset_check_name(const Call *call, Path path, Str name, Diags *diags) {
    return text_is_name(name) ||
           path_error(call, path, diags, "Invalid name",
                      "\"%.*s\" must begin with a letter, and have letters, digits, \"_\", \"-\" "
                      "and \".\" only.",
                      STR_ARG(name));
}

static bool validate_items(const Call *call, const char *attribute, Value config, Diags *diags) {
    Value items = object_attribute(config, attribute);
    bool is_good = true;
    for (size_t i = 0; value_is_present(items) && i < items.count; i++) {
        Str name = value_key_at(items, i);
        if (!ruleset_check_name(call, PATH_AT(call, {attribute}, {.key = name}), name, diags))
            is_good = false;
        else if (strcmp(attribute, "chains") == 0)
            is_good &= validate_chain(call, name, value_at(items, i), diags);
        else
            is_good &= validate_set(call, attribute, name, value_at(items, i), diags);
    }
    return is_good;
}

/* Validates names, rules and elements. Unknown values are valid. */
static bool table_validate_rules(const Call *call, Value config, Diags *diags) {
    Value sets = object_attribute(config, "sets"), maps = object_attribute(config, "maps"), map;
    Str name = object_text(config, "name", STR("-"));
    bool is_good = validate_items(call, "chains", config, diags);
    is_good &= validate_items(call, "sets", config, diags);
    is_good &= validate_items(call, "maps", config, diags);
    if (value_is_present(object_attribute(config, "name")))
        is_good &= ruleset_check_name(call, PATH_AT(call, {"name"}), name, diags);
    for (size_t i = 0; value_is_present(sets) && i < sets.count; i++) {
        if (value_find(maps, value_key_at(sets, i), &map))
            is_good =
                path_error(call, PATH_AT(call, {"maps"}, {.key = value_key_at(sets, i)}), diags,
                           "Name used twice", "A set and a map of one table need different names.");
    }
    return is_good;
}

static bool table_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    return table_validate_rules(call, request->config, diags);
}

static bool has_rule(Value chain, Value rule) {
    for (size_t i = 0; i < nested_list_count(chain, "rules"); i++) {
        if (value_equal(nested_list_at(chain, "rules", i), rule))
            return true;
    }
    return false;
}

static void note_rules(const Call *call, Str name, Value from, Value other, const char *verb,
                       PlanResponse *response) {
    for (size_t i = 0; i < nested_list_count(from, "rules"); i++) {
        Value rule = nested_list_at(from, "rules", i);
        if (!value_is_present(rule) || has_rule(other, rule) || response->notes.count >= NOTES_MAX)
            continue;
        plan_note(response, NO_PATH,
                  str_format(call->arena, "chain %.*s %s the rule: %.*s", STR_ARG(name), verb,
                             STR_ARG(value_text(rule))),
                  call->arena);
    }
}

/* Lists removed and added rules per chain, because a plan compares lists by index: one rule added
 * in the middle makes all later ones differ. */
static void note_changes(const Call *call, Value prior, PlanResponse *response) {
    Value before = object_attribute(prior, "chains");
    Value after = object_attribute(response->planned, "chains");
    for (size_t i = 0; value_is_present(before) && i < before.count; i++) {
        Str name = value_key_at(before, i);
        Value old = value_at(before, i), new;
        if (!value_find(after, name, &new) || value_equal(old, new))
            continue;
        note_rules(call, name, old, new, "loses", response);
        note_rules(call, name, new, old, "gets", response);
    }
}

/* Returns the private data: digest of the file for the next boot, record of the listing. */
static Str private_of(const TableFacts *facts, Arena *arena) {
    return str_format(arena, "%.*s\n%.*s", STR_ARG(facts->file_sha256),
                      STR_ARG(table_listing_record(&facts->listing, arena)));
}

static Value table_record_of(Str private_data, Arena *arena) {
    Str file;
    (void)str_next_field(&private_data, '\n', &file);
    return table_listing_read_record(private_data, arena);
}

static void note_late_check(const Call *call, PlanResponse *response) {
    plan_note(response, NO_PATH,
              STR("the rules are checked in the apply: the machine cannot be reached now"),
              call->arena);
}

/* Checks the new table with nft on the machine. Keeps the prior text of parts that differ in
 * spelling only. */
static bool check_on_machine(const Call *call, const PlanRequest *request, PlanResponse *response,
                             Diags *diags) {
    SCOPED(SshLink) link = {0};
    SshProblem problem = {0};
    Value planned = response->planned;
    TableRecords records;
    size_t errors = diags->error_count;
    if (!ssh_client_link(call, planned, &link, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    SshStatus status = table_host_check(&link, planned, &records, &problem, diags);
    if (status != SSH_DONE)
        note_late_check(call, response);
    /* The record says that the texts of the state are those of the live table. */
    const Value views[] = {table_record_of(request->private_data, call->arena), records.live,
                           records.wanted};
    if (value_is_present(request->prior))
        response->planned =
            table_listing_keep(views, ARRAY_COUNT(views), request->prior, planned, call->arena);
    return diags->error_count == errors;
}

static bool table_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                       Diags *diags) {
    bool is_new = value_is_null(request->prior), is_good = true, responds = true;
    if (is_new && !ssh_client_greet(call, request, &responds, diags))
        return false;
    bool is_complete = call->client && value_is_wholly_known(request->config) &&
                       ruleset_text_is_known(response->planned);
    if (is_complete && (is_new || !ruleset_text_is_same(request->prior, response->planned))) {
        if (call->is_planning && responds)
            is_good = check_on_machine(call, request, response, diags);
        else if (call->is_planning)
            note_late_check(call, response);
        const Value views[] = {request->prior, request->approved};
        if (!call->is_planning && !is_new && value_is_present(request->approved))
            response->planned = table_listing_keep(views, ARRAY_COUNT(views), request->prior,
                                                   response->planned, call->arena);
    }
    if (!is_new)
        note_changes(call, request->prior, response);
    return is_good;
}

static Value table_with_id(Value object, Str id, Arena *arena) {
    return object_with_text(object, "id", str_clone(id, arena), arena);
}

static void warn_of_boot(const Call *call, Value object, const TableFacts *facts, Diags *diags) {
    if (!object_bool(object, "persist", true) || facts->has_systemd)
        return;
    path_warning(call, PATH_AT(call, {"persist"}), diags, "Table not loaded at boot",
                 "The machine has no systemd. Let its init load the files "
                 "/etc/nftables.d/loam-*.nft, or set \"persist\" to false.");
}

static bool table_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    TableFacts facts;
    TableChange change = {
        .object = request->planned,
        .text = ruleset_text_of(call, request->planned),
        .owner = request->marker,
        .is_new = true,
        .is_persistent = object_bool(request->planned, "persist", true),
    };
    if (!table_host_change(call, &change, &facts, &response->in_doubt, diags))
        return false;
    response->state = table_with_id(request->planned, request->marker, call->arena);
    response->private_data = private_of(&facts, call->arena);
    warn_of_boot(call, request->planned, &facts, diags);
    return true;
}

static bool table_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                         Diags *diags) {
    TableFacts facts;
    bool in_doubt;
    TableChange change = {
        .object = request->planned,
        .text = ruleset_text_of(call, request->planned),
        .owner = object_text(request->prior, "id", STR_EMPTY),
        .is_persistent = object_bool(request->planned, "persist", true),
    };
    /* Only connection arguments changed: no change on the machine. */
    response->state = request->planned;
    if (ruleset_text_is_same(request->prior, request->planned) &&
        !object_differs(request->prior, request->planned, "persist"))
        return true;
    if (!table_host_change(call, &change, &facts, &in_doubt, diags)) {
        response->state = request->prior;
        return false;
    }
    response->private_data = private_of(&facts, call->arena);
    warn_of_boot(call, request->planned, &facts, diags);
    return true;
}

static bool table_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                         Diags *diags) {
    TableFacts facts;
    TableChange change = {
        .object = request->prior,
        .text = ruleset_text_deletion(call, request->prior),
        .owner = object_text(request->prior, "id", STR_EMPTY),
        .is_deletion = true,
    };
    SCOPED(SshLink) link = {0};
    if (!ssh_client_link(call, request->prior, &link, diags))
        return false;
    return ssh_client_is_lost(&link, diags) ||
           table_host_change(call, &change, &facts, &response->in_doubt, diags);
}

/* Returns the object with the attributes of the live table. */
static Value table_described(const TableFacts *facts, Value state, Str private_data, Arena *arena) {
    Str record = private_data, file;
    if (!str_next_field(&record, '\n', &file))
        file = STR_EMPTY;
    bool is_stored = facts->file_sha256.len > 0 &&
                     (file.len == 0 || str_equal(file, facts->file_sha256)) &&
                     (facts->loads_at_boot || !facts->has_systemd);
    Value live = table_listing_apply(&facts->listing, record, state, arena);
    if (!object_bool(live, "persist", true) || is_stored)
        return live;
    return object_with(live, "persist", value_bool(false), arena);
}

static void warn_of_others(const Call *call, const TableFacts *facts, Diags *diags) {
    if (facts->listing.others.count == 0)
        return;
    Str names =
        str_join(facts->listing.others.items, facts->listing.others.count, STR(", "), call->arena);
    path_warning(call, PATH_AT(call, {"name"}), diags, "Table has further objects",
                 "loam does not manage them, and the next change of the table deletes them: %.*s.",
                 STR_ARG(names));
}

static bool table_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                       Diags *diags) {
    SCOPED(SshLink) link = {0};
    TableFacts facts;
    SshProblem problem = {0};
    Value state = response->state;
    size_t errors = diags->error_count;
    if (!ssh_client_link(call, state, &link, diags))
        return false;
    ssh_client_limit_to_plan(&link);
    SshStatus status = table_host_read(&link, state, false, &facts, &problem, diags);
    if (status != SSH_DONE && ssh_client_may_assume_unchanged(&link, request)) {
        Str why = ssh_client_describe_failure(&link, status, problem);
        path_warning(call, NO_PATH, diags, "Table status unknown",
                     "%.*s loam assumes that the table did not change.", STR_ARG(why));
        return true;
    }
    if (status != SSH_DONE)
        ssh_client_report(&link, status, problem, diags);
    if (diags->error_count > errors)
        return false;
    if (facts.is_pending) {
        path_warning(call, NO_PATH, diags, "Change not confirmed yet",
                     "A change of the table waits for its confirmation, and rolls back without it. "
                     "If no other run is active, an earlier one was interrupted.");
        return true;
    }
    warn_of_others(call, &facts, diags);
    response->state = facts.is_absent
                          ? value_null(state.type)
                          : table_described(&facts, state, request->private_data, call->arena);
    if (value_is_null(object_attribute(state, "id")) && !facts.is_absent) {
        /* After an import there is no record yet: use the live table. */
        Str id = facts.owner.len ? facts.owner : object_text(state, "name", STR_EMPTY);
        response->state = table_with_id(response->state, id, call->arena);
        response->private_data = private_of(&facts, call->arena);
    }
    return true;
}

static const Str families[] = {STR_CONST("inet"), STR_CONST("ip"),     STR_CONST("ip6"),
                               STR_CONST("arp"),  STR_CONST("bridge"), STR_CONST("netdev")};

/* The id is HOST/FAMILY/NAME, or HOST:PORT/FAMILY/NAME with "[…]" around an IPv6 address. */
static bool table_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                         Diags *diags) {
    Str parts[3], rest = request->id, host;
    uint64_t port = 0;
    for (size_t i = ARRAY_COUNT(parts); i-- > 1;) {
        size_t at = str_rfind_char(rest, '/');
        if (at == SIZE_MAX || at == 0)
            return path_error(call, NO_PATH, diags, "Invalid import ID",
                              "\"%.*s\" must be HOST/FAMILY/NAME, such as \"10.0.0.7/inet/loam\".",
                              STR_ARG(request->id));
        parts[i] = str_after(rest, at + 1);
        rest = str_slice(rest, 0, at);
    }
    host = rest;
    size_t colon = str_rfind_char(rest, ':');
    if (colon != SIZE_MAX &&
        (str_starts_with(rest, STR("[")) || str_find_char(rest, ':', 0) == colon) &&
        str_to_uint64(str_after(rest, colon + 1), &port))
        host = str_slice(rest, 0, colon);
    if (str_starts_with(host, STR("[")) && str_ends_with(host, STR("]")))
        host = str_slice(host, 1, host.len - 1);
    ObjectBuilder builder = object_builder_empty(&nftables_table.schema, call->arena);
    object_builder_set_text(&builder, "host", host, call->arena);
    if (port > 0)
        object_builder_set(&builder, "port", value_int((int64_t)port));
    object_builder_set_text(&builder, "family", parts[1], call->arena);
    object_builder_set_text(&builder, "name", parts[2], call->arena);
    object_builder_set(&builder, "persist", value_bool(true));
    object_builder_set_text(&builder, "confirm_timeout", STR("30s"), call->arena);
    object_builder_set(&builder, "ignore_other_firewalls", value_bool(false));
    Value state = object_builder_value(&builder);
    if (!str_is_among(parts[1], families, ARRAY_COUNT(families)))
        return path_error(call, NO_PATH, diags, "Invalid import ID",
                          "\"%.*s\" is not a family of tables.", STR_ARG(parts[1]));
    if (!table_validate_rules(call, state, diags))
        return false;
    response->state = state;
    return true;
}

static bool table_recover(const Call *call, const RecoverRequest *request,
                          RecoverResponse *response, Diags *diags) {
    SCOPED(SshLink) link = {0};
    TableFacts facts;
    SshProblem problem = {0};
    size_t errors = diags->error_count;
    if (!ssh_client_link(call, request->planned, &link, diags))
        return false;
    ssh_client_limit_connections_to_plan(&link);
    SshStatus status = table_host_read(&link, request->planned, true, &facts, &problem, diags);
    if (status != SSH_DONE)
        ssh_client_report(&link, status, problem, diags);
    if (diags->error_count > errors)
        return false;
    if (facts.is_absent || !str_equal(facts.owner, request->marker))
        return true;
    Str private_data = private_of(&facts, call->arena);
    Value planned = table_with_id(request->planned, request->marker, call->arena);
    response->outcome = RECOVER_COMPLETE;
    response->state = table_described(&facts, planned, private_data, call->arena);
    response->private_data = private_data;
    return true;
}

const ResourceType nftables_table = {
    .name = "nftables_table",
    .schema = {SCHEMA_ATTRIBUTES(table_attributes), SCHEMA_BLOCKS(blocks),
               .description = "A table of packet filter rules on a machine, replaced as a whole. A "
                              "change that cuts loam's own connection rolls back."},
    .recovery = RECOVERY_FINDS,
    .validate = table_validate,
    .plan = table_plan,
    .marker = object_id_marker,
    .create = table_create,
    .update = table_update,
    .delete = table_delete,
    .read = table_read,
    .import = table_import,
    .import_id = "HOST/FAMILY/NAME, such as 10.0.0.7/inet/loam",
    .recover = table_recover,
    .limits = ssh_client_limits,
    .limits_reads = true,
};
