#include "runner_outputs.h"

#include "base64.h"
#include "digest.h"
#include "runner_child.h"
#include "runner_kinds.h"
#include "runner_kube.h"
#include "runner_message.h"

static const KubeResource outputs_secrets = KUBE_CORE_RESOURCE("Secret", "secrets");

/* The outputs that dependents may use: {"NAME":{"value":…}}. */
static bool is_published(const RunOrder *order, Str name) {
    return order->output_names.count == 0 ||
           str_is_among(name, order->output_names.items, order->output_names.count);
}

/* Each output is the JSON of its value. */
static Str secret_json(Runner *runner, Value outputs, RunResult *result) {
    const RunOrder *order = &runner->order;
    StrBuf text = strbuf_new(runner->arena), all = strbuf_new(runner->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "apiVersion", STR("v1"));
    json_key_string(&writer, "kind", STR("Secret"));
    json_key_object(&writer, "metadata");
    json_key_string(&writer, "name", order->outputs_secret);
    json_key_object(&writer, "labels");
    json_key_string(&writer, "infra.loam.internal/stack", order->stack.name);
    json_object_end(&writer);
    json_object_end(&writer);
    json_key_object(&writer, "data");
    for (size_t i = 0; i < outputs.count; i++) {
        Str name = value_key_at(outputs, i), json;
        Value value;
        if (!is_published(order, name) || !value_find(value_at(outputs, i), STR("value"), &value))
            continue;
        json = json_text(value, runner->arena);
        json_key_base64(&writer, str_to_cstr(name, runner->arena), json);
        strbuf_add_format(&all, "%.*s=%.*s\n", STR_ARG(name), STR_ARG(json));
        vec_push(runner->arena, &result->output_names, name);
    }
    json_object_end(&writer);
    json_object_end(&writer);
    result->outputs = str_concat(
        STR("sha256:"), digest_hex(DIGEST_SHA256, strbuf_str(&all), runner->arena), runner->arena);
    return strbuf_str(&text);
}

static bool write_secret(Runner *runner, Str body, Str *problem) {
    KubeTarget target = {0};
    KubeResponse response = {0};
    if (!runner_kube_find(runner, &target, problem))
        return false;
    SCOPED(KubeClientRef) client = kube_client_open(runner->io, &target, NULL);
    KubeCall call = runner_kube_call(runner, client);
    KubeApply apply = {
        .ref = {&outputs_secrets, runner->order.stack.namespace, runner->order.outputs_secret},
        .body = body,
        .manager = STR("loam-runner"),
        .should_force = true,
    };
    if (kube_call_apply(&call, &apply, &response, NULL) == KUBE_DONE)
        return true;
    *problem = str_clone(response.problem, runner->arena);
    return false;
}

int runner_outputs(Runner *runner) {
    static const char *const words[] = {"state", "pull", NULL};
    RunResult result = {0};
    Value state, outputs;
    Str problem = STR_EMPTY, body;
    int64_t serial;
    if (!runner_child_json(runner, words, &state) ||
        !value_find_int(state, STR("serial"), &serial) ||
        !value_find_present(state, STR("outputs"), &outputs))
        return runner_message_fail(runner, RUNNER_UNREACHABLE, STR("The state cannot be read"),
                                   STR("the log of the container says why"));
    result.state = (StateVersion){value_text_at(state, STR("lineage")), (uint64_t)serial};
    runner_kinds_add(state, &result, runner->arena);
    body = secret_json(runner, outputs, &result);
    if (!write_secret(runner, body, &problem))
        return runner_message_fail(runner, RUNNER_UNREACHABLE, STR("The outputs cannot be stored"),
                                   problem);
    runner_message_write(runner, &result);
    return 0;
}
