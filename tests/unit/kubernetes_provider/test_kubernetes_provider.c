/* The configuration of the provider. */
#include "kubernetes_connection.h"
#include "kubernetes_provider.h"
#include "provider_check.h"

#define KUBECONFIG                                                                                 \
    "{\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://c:1\"}}],\"users\":["        \
    "{\"name\":\"u\",\"user\":{\"token\":\"t\"}}],\"contexts\":[{\"name\":\"x\",\"context\":"      \
    "{\"cluster\":\"c\",\"user\":\"u\"}}],\"current-context\":\"x\"}"

typedef struct ConfigCase {
    const char *config;
    const char *variable; /* "NAME=value"; NULL: none */
    const char *target;   /* server, user, password and token; or the summary of the error */
} ConfigCase;

static const char *case_variable(void *self, const char *name) {
    const ConfigCase *row = self;
    size_t length = strlen(name);
    return row->variable && length && strncmp(row->variable, name, length) == 0 &&
                   row->variable[length] == '='
               ? row->variable + length + 1
               : NULL;
}

static Str config_text(const ConfigCase *row, Arena *arena) {
    Process process = {.self = (void *)row, .environment = case_variable};
    Io io = io_real();
    io.process = &process;
    Call call = {.provider = &kubernetes_provider, .io = &io, .arena = arena};
    JsonReader reader = json_reader_new(str_from_cstr(row->config), arena);
    const Type *type = schema_implied_type(&kubernetes_provider.schema);
    const char *error = "";
    Value config;
    KubeTarget target;
    Diags diags = diags_new(arena);
    if (!json_read_typed(&reader, json_next(&reader), type, &config, &error, arena))
        fail_msg("%s: %s", row->config, error);
    if (!kubernetes_connection_read(&call, config, &target, arena, &diags))
        return diags.items[0].summary;
    const Str parts[] = {target.server, target.user,         target.password,
                         target.token,  target.exec.command, target.impersonation.user};
    return str_join(parts, ARRAY_COUNT(parts), STR("|"), arena);
}

static void configurations(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str content = str_format(arena, "{\"config_content\":%.*s}",
                             STR_ARG(json_text(value_from_cstr(KUBECONFIG), arena)));
    Str with_token = str_format(arena, "{\"config_content\":%.*s,\"token\":\"mine\",\"as\":\"a\"}",
                                STR_ARG(json_text(value_from_cstr(KUBECONFIG), arena)));
    Str with_exec =
        str_format(arena,
                   "{\"config_content\":%.*s,\"exec\":{\"command\":\"p\",\"api_version\":"
                   "\"client.authentication.k8s.io/v1\"}}",
                   STR_ARG(json_text(value_from_cstr(KUBECONFIG), arena)));
    const ConfigCase cases[] = {
        {"{\"host\":\"h:6443\",\"username\":\"u\",\"password\":\"p\"}", NULL,
         "https://h:6443|u|p|||"},
        {"{\"username\":\"u\"}", "KUBE_HOST=https://e:1", "https://e:1|u||||"},
        {"{\"host\":\"h\",\"token\":\"t\"}", "KUBE_TOKEN=e", "https://h|||t||"},
        {"{\"host\":\"h\"}", "KUBE_TOKEN=e", "https://h|||e||"},
        {str_to_cstr(content, arena), NULL, "https://c:1|||t||"},
        {str_to_cstr(with_token, arena), NULL, "https://c:1|||mine||a"},
        {str_to_cstr(with_exec, arena), NULL, "https://c:1||||p|"},
        {"{}", NULL, "No Kubernetes API server"},
        {"{\"config_path\":\"/nowhere/config\"}", NULL, "Invalid kubeconfig"},
        {"{\"host\":\"ftp://h\"}", NULL, "Invalid provider configuration"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(config_text(&cases[i], arena), cases[i].target);
}

UNIT_MAIN(test_kubernetes_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
