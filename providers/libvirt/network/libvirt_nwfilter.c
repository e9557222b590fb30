/* libvirt_nwfilter: packet filter rules for a guest's interface. */
#include <libxml/tree.h>

#include "adoption.h"
#include "digest.h"
#include "filter_ref.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_object.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "object_id.h"
#include "path_error.h"
#include "plan_check.h"
#include "private_member.h"
#include "timeouts.h"
#include "xml_edit.h"
#include "xml_text.h"

static Str check_rule_priority(Value value, Arena *arena) {
    int64_t priority = 0;
    if (value_to_int(value, &priority) && priority >= -1000 && priority <= 1000)
        return STR_EMPTY;
    return str_format(
        arena, "The priority must be an integer from -1000 to 1000; lower priorities come first.");
}

#define PROTOCOLS                                                                                  \
    "mac vlan stp arp rarp ip ipv6 tcp udp udplite icmp igmp esp ah sctp all tcp-ipv6 udp-ipv6 "   \
    "icmpv6 esp-ipv6 ah-ipv6 sctp-ipv6 all-ipv6 udplite-ipv6 " ANY_FRAME

/* A rule without a protocol element: it matches frames, whereas "all" matches IPv4 packets. */
#define ANY_FRAME "none"

/* Packet matches; empty attributes match everything. Names are those of libvirt, except those in
 * rule_names. */
static const Attribute rule_attributes[] = {
    {"action", &TYPE_STRING, REQUIRED, "accept, drop, reject, return or continue.",
     .one_of = "accept drop reject return continue"},
    {"direction", &TYPE_STRING, REQUIRED, "Direction from the guest's view: in, out or inout.",
     .one_of = "in out inout"},
    {"priority", &TYPE_NUMBER, OPTIONAL | COMPUTED,
     "Priority of the rule, -1000 to 1000; lower priorities come first.", .default_json = "500",
     .check = check_rule_priority},
    {"statematch", &TYPE_BOOL, OPTIONAL, "Whether to use connection tracking (default true)."},
    {"protocol", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Kind of packet: tcp, udp, icmp, all, tcp-ipv6, all-ipv6, ip, arp, mac, … none: any frame.",
     .default_json = "\"all\"", .one_of = PROTOCOLS},
    {"match", &TYPE_BOOL, OPTIONAL, "false: match packets that do not have these properties."},
    {"srcmacaddr", &TYPE_STRING, OPTIONAL, "Source MAC address."},
    {"srcmacmask", &TYPE_STRING, OPTIONAL, "Mask of the source MAC address."},
    {"dstmacaddr", &TYPE_STRING, OPTIONAL, "Destination MAC address."},
    {"dstmacmask", &TYPE_STRING, OPTIONAL, "Mask of the destination MAC address."},
    {"protocolid", &TYPE_STRING, OPTIONAL, "For mac: number or name of the inner protocol."},
    {"srcipaddr", &TYPE_STRING, OPTIONAL, "Source address, or a variable such as $ADMIN."},
    {"srcipmask", &TYPE_STRING, OPTIONAL, "Mask or prefix length of the address."},
    {"dstipaddr", &TYPE_STRING, OPTIONAL, "Destination address, or a variable."},
    {"dstipmask", &TYPE_STRING, OPTIONAL, "Mask or prefix length of the address."},
    {"srcipfrom", &TYPE_STRING, OPTIONAL, "First source address of a range."},
    {"srcipto", &TYPE_STRING, OPTIONAL, "Last source address of a range."},
    {"dstipfrom", &TYPE_STRING, OPTIONAL, "First destination address of a range."},
    {"dstipto", &TYPE_STRING, OPTIONAL, "Last destination address of a range."},
    {"srcportstart", &TYPE_STRING, OPTIONAL, "Source port, or the first of a range."},
    {"srcportend", &TYPE_STRING, OPTIONAL, "Last port of the range."},
    {"dstportstart", &TYPE_STRING, OPTIONAL, "Destination port, or the first of a range."},
    {"dstportend", &TYPE_STRING, OPTIONAL, "Last port of the range."},
    {"ip_protocol", &TYPE_STRING, OPTIONAL, "For ip and ipv6: the inner protocol (tcp, udp)."},
    {"state", &TYPE_STRING, OPTIONAL, "NEW, ESTABLISHED, RELATED, …, separated by commas."},
    {"type", &TYPE_STRING, OPTIONAL, "For icmp: the type."},
    {"code", &TYPE_STRING, OPTIONAL, "For icmp: the code."},
    {"opcode", &TYPE_STRING, OPTIONAL, "For arp: the operation, such as Request or Reply."},
    {"arpsrcmacaddr", &TYPE_STRING, OPTIONAL, "For arp: source MAC address."},
    {"arpdstmacaddr", &TYPE_STRING, OPTIONAL, "For arp: destination MAC address."},
    {"arpsrcipaddr", &TYPE_STRING, OPTIONAL, "For arp: source address."},
    {"arpdstipaddr", &TYPE_STRING, OPTIONAL, "For arp: destination address."},
    {"connlimit_above", &TYPE_STRING, OPTIONAL, "Minimum number of connections."},
    {"ipset", &TYPE_STRING, OPTIONAL, "Name of an ipset on the host."},
    {"ipsetflags", &TYPE_STRING, OPTIONAL, "src and dst, separated by commas."},
    {"comment", &TYPE_STRING, OPTIONAL, "Comment."},
};

/* From here on, rule_attributes are attributes of the protocol's element. */
#define FIRST_PACKET_ATTRIBUTE "srcmacaddr"

static const struct {
    const char *name;
    const char *xml;
} rule_names[] = {
    {"ip_protocol", "protocol"},
    {"connlimit_above", "connlimit-above"},
};

static const Attribute reference_attributes[] = {
    {"filter", &TYPE_STRING, REQUIRED, "Name of the included filter."},
    {"parameters", &TYPE_MAP_OF_STRING_LISTS, OPTIONAL, "Values of its variables, as lists."},
};

static const Attribute nwfilter_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
    {"chain", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Chain of the rules, such as root, mac, arp or ipv4.", .default_json = "\"root\""},
    {"priority", &TYPE_NUMBER, OPTIONAL, "Priority of the chain, -1000 to 1000."},
    {"rules", NULL, OPTIONAL, "Rules for packets. Changes apply live to running guests.",
     .nested = NESTED(NEST_LIST, rule_attributes)},
    {"filterrefs", NULL, OPTIONAL, "Filters that this filter includes.",
     .nested = NESTED(NEST_LIST, reference_attributes)},
    {"adopt_existing", &TYPE_BOOL, OPTIONAL,
     "Whether to adopt an existing object of this name instead of failing. The plan lists the "
     "changes to the adopted object."},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the filter."},
};

static const char *xml_name_of(const char *name) {
    for (size_t i = 0; i < ARRAY_COUNT(rule_names); i++)
        if (strcmp(rule_names[i].name, name) == 0)
            return rule_names[i].xml;
    return name;
}

static size_t first_packet_attribute(void) {
    size_t i = 0;
    while (strcmp(rule_attributes[i].name, FIRST_PACKET_ATTRIBUTE) != 0)
        i++;
    return i;
}

static bool nwfilter_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    size_t before = diags->error_count;
    for (size_t i = 0; i < nested_list_count(request->config, "rules"); i++) {
        Value rule = nested_list_at(request->config, "rules", i);
        if (!value_is_present(rule) ||
            !str_equal(object_text(rule, "protocol", STR_EMPTY), STR(ANY_FRAME)))
            continue;
        for (size_t k = first_packet_attribute(); k < ARRAY_COUNT(rule_attributes); k++) {
            const char *name = rule_attributes[k].name;
            if (object_has(rule, name))
                path_error(call, PATH_AT(call, {"rules"}, {.index = i}, {name}), diags,
                           "A rule without a protocol matches every frame",
                           "Set the protocol of packets with \"%s\", or remove the argument.",
                           name);
        }
    }
    return diags->error_count == before;
}

/* Verifies that the filters exist to which the filter refers. */
static bool check_references(const Call *call, const PlanRequest *request,
                             const PlanResponse *response, Diags *diags) {
    Value planned = response->planned;
    PlanCheck check = plan_check_open(call, request, response, diags);
    for (size_t i = 0; i < nested_list_count(planned, "filterrefs"); i++)
        plan_check_name(&check, &(CheckedName){
                                    .path = PATH_AT(call, {"filterrefs"}, {.index = i}, {"filter"}),
                                    .kind = "filter",
                                    .name = object_text(nested_list_at(planned, "filterrefs", i),
                                                        "filter", STR_EMPTY),
                                });
    plan_check_promise(&check, "filter", object_text(planned, "name", STR_EMPTY));
    return plan_check_close(&check);
}

/* Returns the arguments whose change defines the filter anew. */
static StrVec changed_parts(Value prior, Value planned, Arena *arena) {
    static const char *const parts[] = {"rules", "filterrefs", "chain", "priority"};
    StrVec changed = {0};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        if (object_differs(prior, planned, parts[i]))
            vec_push(arena, &changed, str_from_cstr(parts[i]));
    return changed;
}

static bool nwfilter_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                          Diags *diags) {
    if (!value_is_present(response->planned))
        return true;
    adoption_keep(call, request, response);
    if (!check_references(call, request, response, diags))
        return false;
    if (value_is_null(request->prior))
        return true;
    StrVec changed = changed_parts(request->prior, response->planned, call->arena);
    vec_each(&changed, part)
        plan_note(response, path_attribute((Path){0}, *part, call->arena),
                  STR("live, also on running machines (virNWFilterDefineXML)"), call->arena);
    return true;
}

static const char *xml_bool(Value object, const char *name, const char *yes, const char *no) {
    if (!object_has(object, name))
        return "";
    return object_bool(object, name, true) ? yes : no;
}

/* Edits the known attributes of the protocol's element. Unchanged ones keep the form that libvirt
 * gave them. */
static void write_packet(xmlNodePtr packet, Value before, Value rule) {
    bool is_new = !value_is_present(before);
    if (is_new || object_differs(before, rule, "match"))
        xml_edit_attribute(packet, "match", str_from_cstr(xml_bool(rule, "match", "yes", "no")));
    for (size_t i = first_packet_attribute(); i < ARRAY_COUNT(rule_attributes); i++) {
        const char *name = rule_attributes[i].name;
        if (is_new || object_differs(before, rule, name))
            xml_edit_attribute(packet, xml_name_of(name), object_text(rule, name, STR_EMPTY));
    }
}

static void write_rule(xmlNodePtr node, Value before, Value rule) {
    SCOPED(ArenaRef) scratch = arena_open("rule");
    bool is_new = !value_is_present(before);
    xml_edit_attribute(node, "action", object_text(rule, "action", STR_EMPTY));
    xml_edit_attribute(node, "direction", object_text(rule, "direction", STR_EMPTY));
    xml_edit_attribute(node, "priority",
                       str_format(scratch, "%lld", (long long)object_int(rule, "priority", 500)));
    if (is_new || object_differs(before, rule, "statematch"))
        xml_edit_attribute(node, "statematch",
                           str_from_cstr(xml_bool(rule, "statematch", "true", "false")));
    const char *protocol = str_to_cstr(object_text(rule, "protocol", STR("all")), scratch);
    xmlNodePtr packet = xml_find(node, "*");
    bool is_other = packet && strcmp((const char *)packet->name, protocol) != 0;
    if (is_other)
        xml_remove(packet);
    if (strcmp(protocol, ANY_FRAME) == 0)
        return;
    if (is_other || !packet)
        write_packet(xml_add(node, protocol), value_null(rule.type), rule);
    else
        write_packet(packet, before, rule);
}

/* Returns for each rule of `after` the index of its rule in `before`, or -1. Equal rules are paired
 * in order; between them, rules are paired by position. */
static int *nwfilter_pair_rules(Value before, Value after, size_t old_count, size_t count,
                                Arena *arena) {
    size_t width = count + 1;
    unsigned *length = arena_new_array(arena, unsigned, (old_count + 1) * width);
    int *pairs = arena_new_array(arena, int, count);
    for (size_t i = old_count; i-- > 0;)
        for (size_t n = count; n-- > 0;) {
            unsigned down = length[(i + 1) * width + n];
            unsigned right = length[i * width + n + 1];
            bool is_same = value_equal(value_at(before, i), value_at(after, n));
            length[i * width + n] = is_same        ? length[(i + 1) * width + n + 1] + 1
                                    : down > right ? down
                                                   : right;
        }
    size_t i = 0;
    size_t n = 0;
    while (n < count) {
        bool is_over = i == old_count;
        bool is_same = !is_over && value_equal(value_at(before, i), value_at(after, n));
        unsigned rest = is_over ? 0 : length[i * width + n];
        if (is_over) {
            pairs[n++] = -1;
        } else if (is_same || rest == length[(i + 1) * width + n + 1]) {
            pairs[n++] = (int)i++;
        } else if (rest == length[(i + 1) * width + n]) {
            i++;
        } else {
            pairs[n++] = -1;
        }
    }
    return pairs;
}

static void edit_rules(xmlNodePtr root, Value prior, Value planned, Arena *arena) {
    XmlNodes nodes = xml_find_all(root, "rule", arena);
    size_t count = nested_list_count(planned, "rules");
    size_t old_count = nested_list_count(prior, "rules");
    bool is_aligned = nodes.count == old_count;
    int *pairs =
        nwfilter_pair_rules(object_attribute(prior, "rules"), object_attribute(planned, "rules"),
                            is_aligned ? old_count : 0, count, arena);
    bool *is_kept = arena_new_array(arena, bool, nodes.count);
    xmlNodePtr last = NULL;
    for (size_t n = 0; n < count; n++) {
        Value rule = nested_list_at(planned, "rules", n);
        Value none = value_null(rule.type);
        xmlNodePtr node = pairs[n] < 0 ? xml_add(root, "rule") : nodes.items[pairs[n]];
        if (pairs[n] < 0 && last)
            xmlAddNextSibling(last, node);
        else if (pairs[n] < 0 && nodes.count)
            xmlAddPrevSibling(nodes.items[0], node);
        last = node;
        Value before = pairs[n] < 0 ? none : nested_list_at(prior, "rules", (size_t)pairs[n]);
        if (pairs[n] >= 0)
            is_kept[pairs[n]] = true;
        if (!value_is_present(before) || !value_equal(before, rule))
            write_rule(node, before, rule);
    }
    for (size_t i = 0; i < nodes.count; i++)
        if (!is_kept[i])
            xml_remove(nodes.items[i]);
}

static void edit_references(xmlNodePtr root, Value prior, Value planned, Arena *arena) {
    XmlNodes nodes = xml_find_all(root, "filterref", arena);
    bool is_aligned = nodes.count == nested_list_count(prior, "filterrefs");
    size_t count = nested_list_count(planned, "filterrefs");
    for (size_t i = 0; i < nodes.count || i < count; i++) {
        if (i >= count || (i < nodes.count && !is_aligned))
            xml_remove(nodes.items[i]);
        else if (i < nodes.count)
            filter_ref_edit_node(nodes.items[i], nested_list_at(planned, "filterrefs", i), "filter",
                                 arena);
    }
    for (size_t i = is_aligned ? nodes.count : 0; i < count; i++)
        filter_ref_add(root, nested_list_at(planned, "filterrefs", i), "filter", arena);
}

/* Edits only differences, so that unknown packet attributes are kept. */
static const char *print_edited(const Call *call, XmlDoc *doc, Value prior, Value planned) {
    xmlNodePtr root = xml_root(doc);
    if (object_differs(prior, planned, "chain"))
        xml_edit_attribute(root, "chain", object_text(planned, "chain", STR("root")));
    if (object_differs(prior, planned, "priority"))
        xml_edit_attribute(
            root, "priority",
            object_has(planned, "priority")
                ? str_format(call->arena, "%lld", (long long)object_int(planned, "priority", 0))
                : STR_EMPTY);
    if (object_differs(prior, planned, "filterrefs"))
        edit_references(root, prior, planned, call->arena);
    if (object_differs(prior, planned, "rules"))
        edit_rules(root, prior, planned, call->arena);
    return xml_print(doc, call->arena);
}

static const char *nwfilter_describe(const Call *call, Value planned, Str uuid) {
    SCOPED(XmlDoc) doc = xml_new("filter");
    xmlNodePtr root = xml_root(&doc);
    xml_set(root, "name", object_text(planned, "name", STR_EMPTY));
    xml_add_text(root, "uuid", uuid);
    ObjectBuilder none = object_builder_null(planned.type, call->arena);
    return print_edited(call, &doc, object_builder_value(&none), planned);
}

static Value read_rule(xmlNodePtr node, const Type *type, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    xmlNodePtr packet = xml_find(node, "*");
    object_builder_set_text(&builder, "action", xml_get(node, "@action", arena), arena);
    object_builder_set_text(&builder, "direction", xml_get(node, "@direction", arena), arena);
    object_builder_set(&builder, "priority", value_int(xml_get_int(node, "@priority", 500)));
    Str statematch = xml_get(node, "@statematch", arena);
    if (statematch.len)
        object_builder_set(
            &builder, "statematch",
            value_bool(str_equal(statematch, STR("1")) || str_equal(statematch, STR("true"))));
    object_builder_set_text(&builder, "protocol", STR(ANY_FRAME), arena);
    if (!packet)
        return object_builder_value(&builder);
    object_builder_set_copy(&builder, "protocol", (const char *)packet->name, arena);
    Str match = xml_get(packet, "@match", arena);
    if (match.len)
        object_builder_set(&builder, "match", value_bool(!str_equal(match, STR("no"))));
    for (size_t i = first_packet_attribute(); i < ARRAY_COUNT(rule_attributes); i++) {
        const char *name = rule_attributes[i].name;
        const char *path = str_to_cstr(str_format(arena, "@%s", xml_name_of(name)), arena);
        object_builder_set_optional(&builder, name, xml_get(packet, path, arena), arena);
    }
    return object_builder_value(&builder);
}

static void read_lists(ObjectBuilder *builder, xmlNodePtr root, Arena *arena) {
    XmlNodes rules = xml_find_all(root, "rule", arena);
    XmlNodes references = xml_find_all(root, "filterref", arena);
    const Type *rules_type = object_attribute_type(builder->type, "rules");
    const Type *references_type = object_attribute_type(builder->type, "filterrefs");
    ValueVec rule_values = {0};
    ValueVec reference_values = {0};
    vec_each(&rules, rule)
        vec_push(arena, &rule_values, read_rule(*rule, rules_type->element, arena));
    vec_each(&references, reference)
        vec_push(arena, &reference_values,
                 filter_ref_read(*reference, references_type->element, "filter", arena));
    if (rules.count || !value_is_null(object_builder_get(builder, "rules")))
        object_builder_set(builder, "rules", nested_list_value(rules_type, &rule_values, arena));
    if (references.count || !value_is_null(object_builder_get(builder, "filterrefs")))
        object_builder_set(builder, "filterrefs",
                           nested_list_value(references_type, &reference_values, arena));
}

static Str text_digest(const char *text, Arena *arena) {
    return digest_hex(DIGEST_SHA256, str_from_cstr(text), arena);
}

/* libvirt normalizes rules (order, masks, defaults). So PRIVATE_SEEN holds the digest of the XML
 * after loam wrote it: an equal digest means no drift. */
static bool read_filter(const Call *call, virNWFilterPtr filter, Str written, Value *state,
                        Diags *diags) {
    Arena *arena = call->arena;
    SCOPED(XmlDoc) doc = {0};
    char *text = virNWFilterGetXMLDesc(filter, 0);
    if (!text)
        return libvirt_error_add(call, diags, "Cannot read the filter");
    bool is_unchanged = written.len && str_equal(text_digest(text, arena), written);
    if (!xml_take(text, &doc))
        return libvirt_error_add(call, diags, "Cannot read the filter");
    if (is_unchanged)
        return true;
    xmlNodePtr root = xml_root(&doc);
    ObjectBuilder builder = object_builder_of(*state, arena);
    bool is_import = !object_has(*state, "name") && xml_get(root, "@priority", arena).len > 0;
    object_builder_set_text(&builder, "id", xml_get(root, "uuid", arena), arena);
    object_builder_set_text(&builder, "name", xml_get(root, "@name", arena), arena);
    object_builder_set_text(&builder, "chain", xml_get(root, "@chain", arena), arena);
    if (is_import || object_has(*state, "priority"))
        object_builder_set(&builder, "priority", value_int(xml_get_int(root, "@priority", 0)));
    read_lists(&builder, root, arena);
    *state = object_builder_value(&builder);
    return true;
}

static bool nwfilter_read_anew(const Call *call, void *filter, Value *state, Diags *diags) {
    return read_filter(call, filter, STR_EMPTY, state, diags);
}

/* Sets the response after the filter of that UUID has its definition. */
static bool nwfilter_finish(const Call *call, virNWFilterPtr filter, Value planned, Str uuid,
                            ApplyResponse *response) {
    response->state = object_with_text(planned, "id", uuid, call->arena);
    char *written = virNWFilterGetXMLDesc(filter, 0);
    if (written)
        response->private_data = private_member_set(response->private_data, PRIVATE_SEEN,
                                                    text_digest(written, call->arena), call->arena);
    free(written);
    return true;
}

/* Defining a filter by UUID creates it or replaces its rules, also for running guests. */
static bool write_filter(const Call *call, FailedDefine define, const char *text,
                         ApplyResponse *response, Diags *diags) {
    SCOPED(virNWFilterPtr) filter = virNWFilterDefineXML(define.connection, text);
    if (filter)
        return nwfilter_finish(call, filter, define.planned, define.uuid, response);
    define.error = libvirt_error_last(call->arena);
    return libvirt_object_add_define_error(call, &define, response, diags);
}

static bool nwfilter_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Str uuid = libvirt_identity_of(call, request);
    bool is_adopted = false;
    if (!libvirt_object_adopt(call, connection, request, response, &is_adopted, diags))
        return false;
    if (is_adopted)
        return true;
    return write_filter(call, (FailedDefine){connection, request->planned, uuid, {0}},
                        nwfilter_describe(call, request->planned, uuid), response, diags);
}

static bool nwfilter_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                            Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    SCOPED(virNWFilterPtr) filter = libvirt_object_get(call, request->prior, diags);
    if (!filter)
        return false;
    Str uuid = object_text(request->prior, "id", STR_EMPTY);
    if (!changed_parts(request->prior, request->planned, call->arena).count)
        return nwfilter_finish(call, filter, request->planned, uuid, response);
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virNWFilterGetXMLDesc(filter, 0), &doc))
        return libvirt_error_add(call, diags, "Cannot read the filter");
    const char *text = print_edited(call, &doc, request->prior, request->planned);
    return write_filter(call, (FailedDefine){connection, request->planned, uuid, {0}}, text,
                        response, diags);
}

static bool nwfilter_remove(const Call *call, void *filter, Value prior, Diags *diags) {
    Str name = object_text(prior, "name", STR_EMPTY);
    if (virNWFilterUndefine(filter) == 0 || libvirt_error_is_gone(libvirt_error_code()))
        return true;
    if (libvirt_error_code() != VIR_ERR_OPERATION_INVALID)
        return libvirt_error_add(call, diags, "Cannot remove filter \"%.*s\"", STR_ARG(name));
    return libvirt_error_say(
        call, diags, str_format(call->arena, "The filter \"%.*s\" is in use", STR_ARG(name)),
        STR("A running guest or another filter refers to it. Remove the reference first."));
}

static bool nwfilter_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *diags) {
    Value *state = &response->state;
    bool is_gone = false;
    SCOPED(virNWFilterPtr)
    filter = libvirt_object_find(call, *state, &is_gone, diags);
    if (filter)
        return read_filter(call, filter,
                           private_member_get(request->private_data, PRIVATE_SEEN, call->arena),
                           state, diags);
    if (is_gone)
        *state = value_null(state->type);
    return is_gone;
}

static const Block nwfilter_blocks[] = {TIMEOUTS_BLOCK};

static const LibvirtObject filter_object = {
    .kind = &libvirt_kind_filter,
    .read = nwfilter_read_anew,
    .remove = nwfilter_remove,
};

const ResourceType libvirt_nwfilter = {
    .name = "libvirt_nwfilter",
    .destroy_after_dependents_update = true,
    .schema = {SCHEMA_ATTRIBUTES(nwfilter_attributes), SCHEMA_BLOCKS(nwfilter_blocks),
               .text_check = xml_text_check,
               .description = "A packet filter for network interfaces of guests."},
    .validate = nwfilter_validate,
    .plan = nwfilter_plan,
    .create = nwfilter_create,
    .update = nwfilter_update,
    .delete = libvirt_object_delete,
    .read = nwfilter_read,
    .payload = &filter_object,
    LIBVIRT_OBJECT_SLOTS,
    .import_id = "UUID or name of the filter",
};
