/* Runs provisioners. A provisioner writes its output in pieces; listeners receive whole lines. If
 * its configuration contains a secret, its output and the details of its errors are hidden. */
#include "error_type.h"
#include "instance.h"
#include "log.h"
#include "mask.h"
#include "module_origin.h"
#include "utf8.h"

#define LINE_MAX_SIZE ((size_t)65536) /* bytes; a longer line is sent in parts */

typedef struct Provisioning {
    InstanceOp *op;
    const ProvisionerNode *node;
    const ModuleScope *scope;
    bool is_configured;
    Value config; /* without marks */
    Value connection;
    uint8_t secret;  /* marks of its configuration */
    bool is_noted;   /* the notice about hidden output was sent */
    StrBuf lines[2]; /* unfinished lines of standard output and standard error */
} Provisioning;

static void provision_send_event(const Provisioning *run, WalkEventKind kind, Str text) {
    WalkEvent event = instance_op_event(run->op, kind);
    event.provisioner = run->node->config->type;
    event.text = text;
    event.hidden = kind == EVENT_PROVISION_OUTPUT ? run->secret : 0;
    hooks_send(run->op->walk->engine->hooks, &event);
}

/* `error_type` is NULL unless the provisioner has failed. */
static void provision_send_end(const Provisioning *run, const char *error_type) {
    WalkEvent event = instance_op_event(run->op, EVENT_PROVISION_END);
    event.provisioner = run->node->config->type;
    event.failed = error_type != NULL;
    event.error_type = error_type;
    hooks_send(run->op->walk->engine->hooks, &event);
}

static void send_line(const Provisioning *run, Str line) {
    SCOPED(ArenaRef) scratch = arena_open("line");
    provision_send_event(run, EVENT_PROVISION_OUTPUT, utf8_strip_controls(line, scratch));
}

static void provision_end_line(const Provisioning *run, StrBuf *text) {
    Str line = strbuf_str(text);
    if (str_ends_with(line, STR("\r")))
        line.len--;
    send_line(run, line);
    text->len = 0;
}

static void provision_receive_output(void *payload, Str piece, bool is_error) {
    Provisioning *run = payload;
    StrBuf *line = &run->lines[is_error];
    if (run->secret) {
        if (!run->is_noted)
            send_line(run, STR("(hidden: the configuration contains a sensitive value)"));
        run->is_noted = true;
        return;
    }
    while (piece.len > 0) {
        size_t end = str_find_char(piece, '\n', 0);
        size_t room = LINE_MAX_SIZE - line->len;
        bool is_whole = end != SIZE_MAX && end <= room;
        size_t size = is_whole ? end : piece.len < room ? piece.len : room;
        strbuf_add(line, str_slice(piece, 0, size));
        piece = str_after(piece, is_whole ? size + 1 : size);
        if (is_whole || line->len == LINE_MAX_SIZE)
            provision_end_line(run, line);
    }
}

static void end_lines(Provisioning *run) {
    for (size_t i = 0; i < ARRAY_COUNT(run->lines); i++) {
        if (run->lines[i].len > 0)
            provision_end_line(run, &run->lines[i]);
    }
}

static const char hidden[] =
    "The cause is hidden, because the configuration of the provisioner contains a sensitive value.";

/* Adds a diagnostic of the provisioner to the operation, by default at the range of its body. The
 * detail is hidden if the evaluated configuration contains a sensitive value. */
static void provision_add_diag(const Provisioning *run, const Diag *diag) {
    Diag copy = *diag;
    if (!copy.range.source)
        copy.range = run->node->config->body->range;
    copy.path = STR_EMPTY;
    if (run->secret && run->is_configured)
        copy.detail = str_from_cstr(hidden);
    diags_add(&run->op->diags, &copy);
}

/* If on_failure allows the failure, it is reported as output. */
static void send_failure(const Provisioning *run, const Diag *diag) {
    Arena *scratch = run->op->scratch;
    Str detail = run->secret && run->is_configured ? str_from_cstr(hidden) : diag->detail;
    Str text = str_format(scratch, "Failed, but on_failure is \"continue\": %.*s: %.*s",
                          STR_ARG(diag->summary), STR_ARG(detail));
    Str line;
    while (str_next_field(&text, '\n', &line))
        send_line(run, line);
}

static void report_diags(Provisioning *run, const Diags *found, bool is_forgiven) {
    for (size_t i = 0; i < found->count; i++) {
        if (is_forgiven && found->items[i].severity == DIAG_ERROR)
            send_failure(run, &found->items[i]);
        else
            provision_add_diag(run, &found->items[i]);
    }
}

static bool provision_evaluate_body(const Provisioning *run, const Decoded *decoded,
                                    const Schema *schema, Value *out, Diags *diags) {
    Arena *scratch = run->op->scratch;
    if (!decode_eval(decoded, &run->scope->scope, out, scratch, diags))
        return false;
    Value bare = value_unmark_deep(*out, scratch);
    if (!value_is_wholly_known(bare))
        return diags_fail(
            diags, NO_RANGE, "Configuration contains unknown value",
            "The configuration of the provisioner \"%.*s\" still contains unknown values.",
            STR_ARG(run->node->config->type));
    return schema_validate(schema, bare, scratch, diags) &&
           module_origin_check(run->scope, schema, decoded, bare, scratch, diags);
}

static bool provision_configure(Provisioning *run, Diags *diags) {
    const InstanceOp *op = run->op;
    Value marked;
    const ProvisionerType *type = run->node->type;
    if (!provision_evaluate_body(run, run->node->decoded, &type->schema, &marked, diags))
        return false;
    run->secret = value_marks_deep(marked) & MARKS_SECRET;
    run->config = value_unmark_deep(marked, op->scratch);
    run->connection = value_null(schema_implied_type(&provisioner_connection));
    if (!provisioner_check(type, run->config, run->node->config->range, diags))
        return false;
    run->is_configured = true;
    if (!run->node->connection)
        return true;
    if (!provision_evaluate_body(run, run->node->connection, &provisioner_connection, &marked,
                                 diags))
        return false;
    mask_collect(marked, &run->op->secrets, op->scratch);
    run->connection = value_unmark_deep(marked, op->scratch);
    return true;
}

static bool provision_run_one(Provisioning *run) {
    InstanceOp *op = run->op;
    Diags found = diags_new(op->scratch);
    for (size_t i = 0; i < ARRAY_COUNT(run->lines); i++)
        run->lines[i] = strbuf_new(op->scratch);
    provision_send_event(run, EVENT_PROVISION_START, STR_EMPTY);
    bool ok = provision_configure(run, &found);
    if (ok) {
        ProvisionCall call = {
            .call = instance_op_call(op),
            .connection = run->connection,
            .payload = run,
            .output = provision_receive_output,
        };
        call.call.client = NULL;
        ok = run->node->type->run(&call, run->config, &found);
    }
    end_lines(run);
    bool is_stopped = cancel_level(op->walk->engine->cancel) != CANCEL_NONE;
    bool is_forgiven = run->node->config->continues && !is_stopped;
    log_debug("provisioner", log_text("address", op->address),
              log_text("type", run->node->config->type), log_number("ok", ok),
              log_number("stopped", is_stopped), log_number("forgiven", is_forgiven),
              log_number("secret", run->secret != 0));
    const char *error_type = ok ? NULL : error_type_first(&found, 0, "provisioner");
    report_diags(run, &found, is_forgiven);
    provision_send_end(run, error_type);
    return ok || is_forgiven;
}

static bool run_all(InstanceOp *op, const ModuleScope *scope, const Value *object,
                    bool on_destroy) {
    ModuleScope local = *scope;
    local.scope.self = &local;
    Value self = node_seen_object(op->resource, *object, op->scratch);
    local.self = &self;
    if (!on_destroy) { /* references to the resource by its name have this object */
        local.caller = &self;
        local.caller_record = op->record;
    }
    vec_each(&op->resource->provisioners, provisioner) {
        if (provisioner->config->on_destroy != on_destroy)
            continue;
        Provisioning run = {.op = op, .node = provisioner, .scope = &local};
        if (!provision_run_one(&run))
            return false;
    }
    return true;
}

bool provision_created(InstanceOp *op, const ModuleScope *scope, const Value *object) {
    return run_all(op, scope, object, false);
}

/* Returns the module that declares the provisioners: that of the removed block, or that of the
 * resource. */
static EngineModule *provision_find_module(const InstanceOp *op) {
    const Removed *removed = op->resource->removed;
    vec_each(&op->walk->modules, module) {
        vec_each(&(*module)->config->removed, item) {
            if (item == removed)
                return *module;
        }
    }
    return op->node->module;
}

/* The module instance may be gone from the configuration. Destroy-time provisioners do not refer to
 * it, except by path.module. */
bool provision_destroyed(InstanceOp *op, const Value *object) {
    static const RepetitionKind repetitions[] = {
        [KEY_NONE] = REPEAT_NONE, [KEY_INT] = REPEAT_COUNT, [KEY_STRING] = REPEAT_EACH};
    ModuleInstance module = {.module = provision_find_module(op)};
    ModuleScope scope;
    module_scope_init(&scope, op->walk, &module);
    scope.key = op->record->address.key;
    scope.repetition = repetitions[scope.key.kind];
    scope.each_value = value_null(&TYPE_DYNAMIC);
    return run_all(op, &scope, object, true);
}
