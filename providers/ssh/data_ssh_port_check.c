/* data ssh_port_check: which ports of which addresses a machine reaches.
 *
 * If a target has `listen`, loam first starts a listener on the target's unused ports, so that a
 * port that the firewall allows is reported as open although no service uses it yet. All listeners
 * start in parallel; then one command runs all probes, and the listeners end. */
#include "call_pool.h"
#include "nested_list.h"
#include "path_error.h"
#include "remote_script.h"
#include "ssh_provider.h"
#include "ssh_provider_assets.h"
#include "uuid.h"

#define PATIENCE_MS  1000
#define WINDOW       2000  /* probes at once */
#define PROBES_MAX   50000 /* of one data source */
#define SPARE_S      20    /* seconds that listeners run longer than the probes should take */
#define EXIT_NO_PERL 81
#define PORT_MAX     65535

/* clang-format off */
static const Attribute listen_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
};

static const Attribute target_attributes[] = {
    {"address", &TYPE_STRING,         REQUIRED, "IP address to connect to."},
    {"ports",   &TYPE_LIST_OF_STRING, REQUIRED, "Ports: \"22\", \"6443/tcp\", \"8472/udp\", \"30000-30010/tcp\"; without a protocol, tcp."},
    {"listen",  NULL,                 OPTIONAL, "Connection to the machine with this address: loam listens there on the ports that no program uses.", .nested = NESTED(NEST_SINGLE, listen_attributes)},
};

static const Attribute port_check_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"targets",       NULL, REQUIRED, "Addresses and ports to probe.", .nested = NESTED(NEST_LIST, target_attributes)},
    {"probe_timeout", &TYPE_STRING, OPTIONAL, "Time after which a port without an answer counts as filtered (default 1s).", .check = duration_check},
    {"states",        &TYPE_MAP_OF_STRING, COMPUTED, "State of each port, by \"tcp/10.0.0.7/22\": \"open\" (answered), \"closed\" (refused), \"filtered\" (no answer) or \"unreachable\" (the network reports that there is no way)."},
    {"open",          &TYPE_LIST_OF_STRING, COMPUTED, "The open ports, sorted: \"tcp/10.0.0.7/22\"."},
    {"listeners",     &TYPE_MAP_OF_STRING, COMPUTED, "Listeners on the ports of targets with \"listen\": \"probe\" (loam), \"service\" (a program of the machine), else the error that prevented one. A service may ignore the datagram of a probe: then an open udp port looks filtered."},
};
/* clang-format on */

/* Ports of one protocol. */
typedef struct PortRange {
    bool is_udp;
    uint64_t first;
    uint64_t last;
} PortRange;

static bool parse_range(Str text, PortRange *out) {
    Str rest = text, ports, last;
    *out = (PortRange){0};
    if (!str_next_field(&rest, '/', &ports))
        return false;
    bool has_protocol = ports.len < text.len;
    out->is_udp = has_protocol && str_equal(rest, STR("udp"));
    if (has_protocol && !out->is_udp && !str_equal(rest, STR("tcp")))
        return false;
    size_t dash = str_find_char(ports, '-', 0);
    last = dash == SIZE_MAX ? ports : str_after(ports, dash + 1);
    return str_to_uint64(str_slice(ports, 0, dash), &out->first) &&
           str_to_uint64(last, &out->last) && out->first > 0 && out->first <= out->last &&
           out->last <= PORT_MAX;
}

static bool port_check_is_address(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr("0123456789abcdefABCDEF:.", text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

static bool validate_target(const Call *call, Value target, size_t at, Diags *diags) {
    bool is_good = true;
    StrVec ports = nested_list_texts(target, "ports", call->arena);
    Str address = object_text(target, "address", STR("::"));
    PortRange range;
    if (!port_check_is_address(address))
        is_good = path_error(call, PATH_AT(call, {"targets"}, {.index = at}, {"address"}), diags,
                             "Invalid address", "\"%.*s\" is not an IP address.", STR_ARG(address));
    vec_each(&ports, port) {
        if (!parse_range(*port, &range))
            is_good = path_error(call, PATH_AT(call, {"targets"}, {.index = at}, {"ports"}), diags,
                                 "Invalid ports",
                                 "\"%.*s\" must be a port or a range, with \"/tcp\" or \"/udp\": "
                                 "\"30000-30010/tcp\".",
                                 STR_ARG(*port));
    }
    return is_good;
}

static bool port_check_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    bool is_good = true;
    for (size_t i = 0; i < nested_list_count(request->config, "targets"); i++) {
        Value target = nested_list_at(request->config, "targets", i);
        if (value_is_present(target))
            is_good &= validate_target(call, target, i, diags);
    }
    return is_good;
}

/* The probes of one target, and its listener. */
typedef struct Target {
    Value object;
    Value listen;    /* null: none */
    StrVec probes;   /* "tcp 10.0.0.7 22" */
    StrVec waiting;  /* by probe: "probe" (our listener), "service" or an error; empty: none */
    Str listener_id; /* process; empty: none */
    bool has_failed;
    Str deferred;
} Target;

typedef struct PortCheck {
    VEC(Target) targets;
    size_t probe_count;
    Str token;
    int64_t patience_ms;
    bool starts; /* true: start the listeners; false: end them */
} PortCheck;

static void add_probes(PortCheck *check, Target *target, const PortRange *range, Arena *arena) {
    Str address = object_text(target->object, "address", STR_EMPTY);
    for (uint64_t port = range->first; port <= range->last; port++) {
        vec_push(arena, &target->probes,
                 str_format(arena, "%s %.*s %llu", range->is_udp ? "udp" : "tcp", STR_ARG(address),
                            (unsigned long long)port));
        check->probe_count++;
    }
}

static bool port_check_collect(const Call *call, Value object, PortCheck *out, Diags *diags) {
    *out = (PortCheck){.patience_ms = duration_of(object, "probe_timeout", PATIENCE_MS)};
    for (size_t i = 0; i < nested_list_count(object, "targets"); i++) {
        Target target = {.object = nested_list_at(object, "targets", i)};
        StrVec ports = nested_list_texts(target.object, "ports", call->arena);
        target.listen = object_attribute(target.object, "listen");
        vec_each(&ports, port) {
            PortRange range;
            if (!parse_range(*port, &range))
                continue; /* reported by the validation */
            if (out->probe_count + (range.last - range.first) >= PROBES_MAX)
                return path_error(call, PATH_AT(call, {"targets"}), diags, "Too many ports",
                                  "One data source probes at most %d ports.", PROBES_MAX);
            add_probes(out, &target, &range, call->arena);
        }
        vec_push(call->arena, &out->targets, target);
    }
    out->token = uuid_v4(call->arena);
    return true;
}

/* Runs the command. If the machine does not respond in time during a plan, this is no error:
 * *deferred is the reason. Otherwise *deferred is empty. */
static bool port_check_run(const Call *call, Value connection, SshCommand command, SshResult *out,
                           Str *deferred, Diags *diags) {
    SCOPED(SshLink) link = {0};
    SshProblem problem = {0};
    *deferred = STR_EMPTY;
    if (!ssh_client_link(call, connection, &link, diags))
        return false;
    if (call->is_planning)
        ssh_client_limit_connections_to_plan(&link);
    command.timeout = ssh_client_timeout(&link, CANCEL_STOP);
    SshStatus status = ssh_client_exec(&link, &command, out, &problem);
    if (call->is_planning && ssh_client_is_unreachable(&link, status)) {
        *deferred = ssh_client_describe_failure(&link, status, problem);
        return true;
    }
    if (status != SSH_DONE) {
        ssh_client_report(&link, status, problem, diags);
        return false;
    }
    if (out->exit_status == EXIT_NO_PERL)
        return path_error(call, PATH_AT(call, {"host"}), diags, "No perl on the machine",
                          "%.*s has no program perl, which makes the probes and listens for them.",
                          STR_ARG(link.target.host));
    return out->exit_status == 0 || remote_script_report(&link, "Ports not checked", out, diags);
}

static int64_t duration_s(const PortCheck *check) {
    int64_t rounds = (int64_t)(check->probe_count / WINDOW) + 1;
    return (rounds * check->patience_ms + 999) / 1000;
}

/* Adds an error of a target's connection at its argument "listen". */
static void add_at_target(const PortCheck *check, const Target *target, const Diags *found,
                          Arena *arena, Diags *diags) {
    size_t index = (size_t)(target - check->targets.items);
    for (size_t i = 0; i < found->count; i++) {
        Diag diag = found->items[i];
        diag.path =
            str_format(arena, ".targets[%zu].listen%.*s", index, STR_ARG(found->items[i].path));
        diags_add(diags, &diag);
    }
}

static void start_listener(const PortCheck *check, Target *target, const Call *call, Arena *keep,
                           Diags *diags) {
    int64_t seconds = duration_s(check) + SPARE_S;
    const Str arguments[] = {check->token, str_format(call->arena, "%lld", (long long)seconds)};
    Str input = str_join(target->probes.items, target->probes.count, STR("\n"), call->arena);
    const SshCommand command = {.command = ssh_client_script(port_check_listen_sh, arguments,
                                                             ARRAY_COUNT(arguments), call->arena),
                                .input = str_concat(input, STR("\n"), call->arena)};
    SshResult result = {0};
    Diags found = diags_new(call->arena);
    Str rest, line;
    if (!port_check_run(call, target->listen, command, &result, &target->deferred, &found)) {
        add_at_target(check, target, &found, keep, diags);
        target->has_failed = true;
        return;
    }
    target->deferred = str_clone(target->deferred, keep);
    rest = str_trim(result.out);
    while (str_next_field(&rest, '\n', &line)) {
        if (str_starts_with(line, STR("loam-listener ")))
            target->listener_id = str_clone(str_after(line, strlen("loam-listener ")), keep);
        else if (target->listener_id.len > 0)
            vec_push(keep, &target->waiting, str_clone(line, keep));
    }
}

static void stop_listener(const PortCheck *check, const Target *target, const Call *call) {
    const Str arguments[] = {target->listener_id, check->token};
    const SshCommand command = {.command = ssh_client_script(port_check_stop_sh, arguments,
                                                             ARRAY_COUNT(arguments), call->arena)};
    Diags ignored = diags_new(call->arena); /* the listener ends after its time limit */
    SshResult result;
    Str deferred;
    (void)port_check_run(call, target->listen, command, &result, &deferred, &ignored);
}

static void port_check_switch_listener(void *payload, size_t index, const Call *call, Arena *keep,
                                       Diags *diags) {
    PortCheck *check = payload;
    Target *target = &check->targets.items[index];
    if (value_is_null(target->listen) || target->probes.count == 0)
        return;
    if (check->starts)
        start_listener(check, target, call, keep, diags);
    else if (target->listener_id.len > 0)
        stop_listener(check, target, call);
}

static void work_on_targets(const Call *call, PortCheck *check, bool starts, Diags *diags) {
    check->starts = starts;
    call_pool_run(call, check->targets.count, port_check_switch_listener, check, diags);
}

static bool probe(const Call *call, Value object, const PortCheck *check, StrVec *states,
                  Str *deferred, Diags *diags) {
    const Str arguments[] = {
        str_format(call->arena, "%lld.%03lld", (long long)(check->patience_ms / 1000),
                   (long long)(check->patience_ms % 1000)),
        str_format(call->arena, "%d", WINDOW),
    };
    StrBuf input = strbuf_new(call->arena);
    SshResult result = {0};
    vec_each(&check->targets, target) {
        vec_each(&target->probes, one) {
            strbuf_add(&input, *one);
            strbuf_add_char(&input, '\n');
        }
    }
    const SshCommand command = {.command = ssh_client_script(port_check_probe_sh, arguments,
                                                             ARRAY_COUNT(arguments), call->arena),
                                .input = strbuf_str(&input)};
    if (!port_check_run(call, object, command, &result, deferred, diags))
        return false;
    Str rest = str_trim(result.out), line;
    while (deferred->len == 0 && str_next_field(&rest, '\n', &line))
        vec_push(call->arena, states, line);
    return deferred->len > 0 || states->count == check->probe_count ||
           path_error(call, NO_PATH, diags, "Ports not checked",
                      "The machine reported %zu of %zu states.", states->count, check->probe_count);
}

/* Returns "tcp/10.0.0.7/22" for "tcp 10.0.0.7 22". */
static Str port_check_key_of(Str line, Arena *arena) {
    StrVec parts = {0};
    Str rest = line, part;
    while (str_next_field(&rest, ' ', &part))
        vec_push(arena, &parts, part);
    return str_join(parts.items, parts.count, STR("/"), arena);
}

static Value port_check_described(Value object, const PortCheck *check, const StrVec *found,
                                  Arena *arena) {
    ObjectBuilder builder = object_builder_of(object, arena);
    ObjectBuilder states = object_builder_new(arena), listeners = object_builder_new(arena);
    StrVec open = {0};
    size_t at = 0;
    vec_each(&check->targets, target) {
        for (size_t i = 0; i < target->probes.count; i++, at++) {
            Str key = port_check_key_of(target->probes.items[i], arena);
            object_builder_put(&states, key, value_string(found->items[at], arena));
            if (str_equal(found->items[at], STR("open")))
                vec_push(arena, &open, key);
            if (i < target->waiting.count)
                object_builder_put(&listeners, key, value_string(target->waiting.items[i], arena));
        }
    }
    str_sort(open.items, open.count);
    object_builder_set(&builder, "states", object_builder_map(&states, &TYPE_STRING));
    object_builder_set(&builder, "open", nested_list_of_texts(&open, arena));
    object_builder_set(&builder, "listeners", object_builder_map(&listeners, &TYPE_STRING));
    return object_builder_value(&builder);
}

static bool port_check_read(const Call *call, const DataReadRequest *, DataReadResponse *response,
                            Diags *diags) {
    PortCheck check;
    StrVec states = {0};
    if (!port_check_collect(call, response->state, &check, diags))
        return false;
    work_on_targets(call, &check, true, diags);
    bool is_good = true;
    vec_each(&check.targets, target) {
        is_good &= !target->has_failed;
        if (target->deferred.len > 0)
            response->deferred = target->deferred;
    }
    if (is_good && response->deferred.len == 0)
        is_good = probe(call, response->state, &check, &states, &response->deferred, diags);
    work_on_targets(call, &check, false, diags);
    if (is_good && response->deferred.len == 0)
        response->state = port_check_described(response->state, &check, &states, call->arena);
    return is_good;
}

const DataSourceType data_ssh_port_check = {
    .mode = MODE_DATA,
    .name = "ssh_port_check",
    .schema = {SCHEMA_ATTRIBUTES(port_check_attributes),
               .description = "Which ports of which addresses a machine reaches, tcp and udp. loam "
                              "listens on the targets where nothing listens yet."},
    .validate = port_check_validate,
    .read = port_check_read,
};
