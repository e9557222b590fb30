/* data helm_template: the manifests that "helm template" makes of a local chart.
 *
 * The values are its standard input: no argument and no file holds them. Source of the options:
 * `helm template --help` of Helm 3.22. */
#include "disk.h"
#include "helm_provider.h"
#include "json.h"
#include "object_builder.h"
#include "path_error.h"
#include "process_secrets.h"

#include <errno.h>

#define SHOWN_MAX ((size_t)4096)

/* helm splits the value of the option as a line of CSV. */
static Str helm_template_check_versions(Value value, Arena *) {
    for (size_t i = 0; i < value.count; i++) {
        Value item = value_at(value, i);
        Str text = value_is_present(item) ? value_text(item) : STR("-");
        for (size_t k = 0; k < text.len; k++) {
            if (text.ptr[k] <= ' ' || strchr(",\"", text.ptr[k]))
                return STR("An API version has no blanks, commas, quotation marks and control "
                           "characters.");
        }
    }
    return STR_EMPTY;
}

/* clang-format off */
static const Attribute attributes[] = {
    {"name",         &TYPE_STRING,         REQUIRED, "Name of the release."},
    {"chart",        &TYPE_STRING,         REQUIRED, "Path of the chart: a directory or a .tgz file."},
    {"namespace",    &TYPE_STRING,         OPTIONAL, "Namespace of the release (default \"default\")."},
    {"values",       &TYPE_DYNAMIC,        OPTIONAL, "Values of the chart, as an object."},
    {"include_crds", &TYPE_BOOL,           OPTIONAL, "Whether the definitions of the chart are included (default false)."},
    {"skip_tests",   &TYPE_BOOL,           OPTIONAL, "Whether tests of the chart are left out (default true)."},
    {"no_hooks",     &TYPE_BOOL,           OPTIONAL, "Whether hooks of the chart are left out (default true): applied as objects they would run in no order."},
    {"is_upgrade",   &TYPE_BOOL,           OPTIONAL, "Whether the templates see an upgrade (default false)."},
    {"kube_version", &TYPE_STRING,         OPTIONAL, "Version of Kubernetes that the templates see, such as 1.34.4 (default: that of helm)."},
    {"api_versions", &TYPE_LIST_OF_STRING, OPTIONAL, "Further API versions that the templates see, such as monitoring.coreos.com/v1.", .check = helm_template_check_versions},
    {"manifest",     &TYPE_STRING,         COMPUTED, "Manifests, as YAML documents."},
    {"id",           &TYPE_STRING,         COMPUTED, "The name of the release."},
};
/* clang-format on */

/* Settings of the user's helm: repositories, plugins, kubeconfig; and variables with secrets. */
static const char *const of_user[] = {"HELM_", "KUBE", SECRETS_OF_LOAM, SECRETS_OF_CLOUDS, NULL};

static bool helm_template_fail(const Call *call, const char *argument, Diags *diags,
                               const char *summary, Str detail) {
    return path_error(call, PATH_AT(call, {argument}), diags, summary, "%.*s", STR_ARG(detail));
}

/* Helm takes other texts for the name of a chart in a repository. */
static bool check_chart(const Call *call, Str chart, Diags *diags) {
    const Disk *disk = call->io->disk;
    DiskStat ignored;
    int error = disk->stat(disk->self, chart, &ignored);
    if (error)
        return helm_template_fail(
            call, "chart", diags, "Chart not found",
            str_format(call->arena,
                       "\"%.*s\": %s. A chart is a directory with a Chart.yaml, or a .tgz "
                       "file. Charts of repositories are for Flux or Argo CD.",
                       STR_ARG(chart), strerror(-error)));
    return true;
}

static Str text_of_values(Value config, Arena *arena) {
    Value values = object_attribute(config, "values");
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    if (value_is_present(values))
        json_write_value(&writer, values);
    else
        strbuf_add_cstr(&text, "{}");
    return strbuf_str(&text);
}

typedef VEC(const char *) Words;

static void helm_template_add(Words *words, const char *option, Str value, Arena *arena) {
    vec_push(arena, words,
             str_to_cstr(str_format(arena, "--%s=%.*s", option, STR_ARG(value)), arena));
}

static const char *const *helm_template_words_of(Value config, Arena *arena) {
    Words words = {0};
    Str chart = object_text(config, "chart", STR_EMPTY);
    Value versions = object_attribute(config, "api_versions");
    vec_push(arena, &words, "helm");
    vec_push(arena, &words, "template");
    helm_template_add(&words, "namespace", object_text(config, "namespace", STR("default")), arena);
    vec_push(arena, &words, "--values=-");
    if (object_bool(config, "include_crds", false))
        vec_push(arena, &words, "--include-crds");
    if (object_bool(config, "skip_tests", true))
        vec_push(arena, &words, "--skip-tests");
    if (object_bool(config, "no_hooks", true))
        vec_push(arena, &words, "--no-hooks");
    if (object_bool(config, "is_upgrade", false))
        vec_push(arena, &words, "--is-upgrade");
    if (object_has(config, "kube_version"))
        helm_template_add(&words, "kube-version", object_text(config, "kube_version", STR_EMPTY),
                          arena);
    for (size_t i = 0; value_is_present(versions) && i < versions.count; i++)
        helm_template_add(&words, "api-versions", value_text(value_at(versions, i)), arena);
    vec_push(arena, &words, "--");
    vec_push(arena, &words, str_to_cstr(object_text(config, "name", STR_EMPTY), arena));
    vec_push(
        arena, &words,
        str_to_cstr(str_starts_with(chart, STR("/")) ? chart : disk_join(STR("."), chart, arena),
                    arena));
    vec_push(arena, &words, NULL);
    return words.items;
}

static bool helm_template_explain(const Call *call, const ProcessResult *result, Diags *diags) {
    if (cancel_level(call->cancel) != CANCEL_NONE)
        return helm_template_fail(call, "chart", diags, "Chart not rendered",
                                  STR("helm was interrupted."));
    if (result->timed_out)
        return helm_template_fail(call, "chart", diags, "Chart not rendered",
                                  STR("helm did not end in time and was stopped."));
    Str text = str_trim(result->err);
    text = str_after(text, text.len > SHOWN_MAX ? text.len - SHOWN_MAX : 0);
    return helm_template_fail(call, "chart", diags, "Chart not rendered",
                              str_format(call->arena, "helm ended with status %d:\n%.*s",
                                         result->exit_status, STR_ARG(text)));
}

static bool helm_template_run(const Call *call, Value config, Str *out, Diags *diags) {
    const Process *process = call->io->process;
    StrVec environment = {0};
    vec_push(call->arena, &environment, STR("HELM_NO_PLUGINS=1"));
    vec_push(call->arena, &environment, STR("HELM_REPOSITORY_CONFIG=/dev/null"));
    vec_push(call->arena, &environment, STR("HELM_REGISTRY_CONFIG=/dev/null"));
    ProcessRequest request = {
        .argv = helm_template_words_of(config, call->arena),
        .environment = &environment,
        .withheld = of_user,
        .input = text_of_values(config, call->arena),
        .timeout_ms = call_time_left_ms(call),
        .cancel = call->cancel,
    };
    ProcessResult result = {0};
    call_progress(call, 0, 0, "running helm");
    int error = process->run(process->self, &request, &result, call->arena);
    if (error == -ENOENT)
        return helm_template_fail(
            call, "chart", diags, "helm not found",
            STR("helm_template requires the program helm, version 3 or later, in a "
                "directory of PATH."));
    if (error)
        return helm_template_fail(call, "chart", diags, "helm not started",
                                  str_format(call->arena, "helm: %s.", process_error(error)));
    *out = result.out;
    return (!result.exit_status && !result.timed_out) ||
           helm_template_explain(call, &result, diags);
}

static bool helm_template_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value values = object_attribute(request->config, "values");
    bool is_object = !value_is_present(values) || values.type->kind == KIND_OBJECT ||
                     values.type->kind == KIND_MAP;
    return is_object || helm_template_fail(call, "values", diags, "Invalid attribute value",
                                           STR("Values are an object, such as { replicas = 2 }."));
}

static bool helm_template_read(const Call *call, const DataReadRequest *request,
                               DataReadResponse *response, Diags *diags) {
    Str manifest;
    if (!check_chart(call, object_text(request->config, "chart", STR_EMPTY), diags) ||
        !helm_template_run(call, request->config, &manifest, diags))
        return false;
    ObjectBuilder builder = object_builder_of(request->config, call->arena);
    object_builder_set_text(&builder, "manifest", manifest, call->arena);
    object_builder_set(&builder, "id", object_attribute(request->config, "name"));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_helm_template = {
    .mode = MODE_DATA,
    .name = "helm_template",
    .schema = {SCHEMA_ATTRIBUTES(attributes),
               .description = "Manifests of a local chart, rendered by the program helm."},
    .validate = helm_template_validate,
    .read = helm_template_read,
};
