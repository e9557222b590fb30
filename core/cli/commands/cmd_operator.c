/* loam operator: runs on Kubernetes */
#include "command_table.h"
#include "operator_manifests.h"
#include "version.h"

#define REPLICAS_MAX 100

static const Option install_options[] = {
    {"namespace", OPTION_TEXT, "NAME", "Namespace of the operator (default: loam-system)."},
    {"image", OPTION_TEXT, "IMAGE", "Image of the operator and its pods (default: loam:VERSION)."},
    {"replicas", OPTION_TEXT, "NUMBER", "Pods of the operator, of which one works (default: 2)."},
    {"shard", OPTION_TEXT, "NAME",
     "Serve only Stacks whose label sharding.fluxcd.io/key has this value."},
    {"runner-images", OPTION_TEXT, "PATTERNS",
     "Other images that Stacks may name, as of \"loam operator serve\" (default: none)."},
    {"takeover-after", OPTION_TEXT, "DURATION",
     "How long a node must not answer before its pods are replaced (default 5m; 0s: never)."},
    {"separate-duties", OPTION_FLAG, NULL, "Do not count an approval of who requested the Run."},
    {"flux", OPTION_FLAG, NULL, "Let pods of Runs and the operator reach Flux's controllers."},
    {"argocd", OPTION_FLAG, NULL, "Add the health of Stacks to the settings of Argo CD."},
    {"monitoring", OPTION_FLAG, NULL, "Add a PodMonitor for the Prometheus operator."},
};

/* Sets *out to a DNS label, if the option is given. */
static bool read_label(const Arguments *arguments, const char *name, Str *out, Diags *diags) {
    Str text = option_text(arguments, name);
    if (!text.ptr)
        return true;
    *out = text;
    return str_is_dns_label(text) ||
           diags_fail(diags, NO_RANGE, "Invalid name",
                      "-%s requires at most %d lower-case letters, digits and hyphens, with no "
                      "hyphen at either end, not \"%.*s\".",
                      name, STR_DNS_LABEL_MAX, STR_ARG(text));
}

static bool read_image(const Arguments *arguments, Str *out, Diags *diags) {
    Str text = option_text(arguments, "image");
    if (!text.ptr)
        return true;
    *out = text;
    return (text.len > 0 && str_has_only(text, ".-_/:@")) ||
           diags_fail(diags, NO_RANGE, "Invalid image",
                      "-image requires the name of a container image, such as "
                      "registry.example.com/loam:0.2.0, not \"%.*s\".",
                      STR_ARG(text));
}

static bool read_patterns(const Arguments *arguments, Str *out, Diags *diags) {
    Str text = option_text(arguments, "runner-images");
    if (!text.ptr)
        return true;
    *out = text;
    return (text.len > 0 && str_has_only(text, ".-_/:@*,")) ||
           diags_fail(diags, NO_RANGE, "Invalid pattern of images",
                      "-runner-images requires patterns such as registry.example.com/loam/*:1.*, "
                      "separated by commas, not \"%.*s\".",
                      STR_ARG(text));
}

static bool read_replicas(const Arguments *arguments, uint32_t *out, Diags *diags) {
    Str text = option_text(arguments, "replicas");
    uint64_t count = *out;
    if (text.ptr && (!str_to_uint64(text, &count) || count > REPLICAS_MAX))
        return diags_fail(diags, NO_RANGE, "Invalid number of replicas",
                          "-replicas requires an integer from 0 to %d, not \"%.*s\".", REPLICAS_MAX,
                          STR_ARG(text));
    *out = (uint32_t)count;
    return true;
}

static bool read_takeover(const Arguments *arguments, Str *out, Diags *diags) {
    Str text = option_text(arguments, "takeover-after");
    int64_t time_ms;
    if (!text.ptr)
        return true;
    *out = text;
    return clock_parse_duration(text, &time_ms) ||
           diags_fail(diags, NO_RANGE, "Invalid duration",
                      "-takeover-after requires a duration such as 5m, or 0s for no takeover, not "
                      "\"%.*s\".",
                      STR_ARG(text));
}

static int run_install(Cli *cli, const Arguments *arguments, Diags *diags) {
    OperatorManifests manifests = {
        .namespace = STR("loam-system"),
        .image = STR("loam:" VERSION_LOAM),
        .replicas = 2,
        .has_flux = option_flag(arguments, "flux"),
        .has_argocd = option_flag(arguments, "argocd"),
        .has_separate_duties = option_flag(arguments, "separate-duties"),
        .has_monitoring = option_flag(arguments, "monitoring"),
    };
    if (!read_label(arguments, "namespace", &manifests.namespace, diags) ||
        !read_label(arguments, "shard", &manifests.shard, diags) ||
        !read_image(arguments, &manifests.image, diags) ||
        !read_replicas(arguments, &manifests.replicas, diags) ||
        !read_patterns(arguments, &manifests.runner_images, diags) ||
        !read_takeover(arguments, &manifests.takeover_after, diags))
        return 1;
    terminal_out(operator_manifests_text(&manifests, cli->arena));
    return 0;
}

static const Command install_command = {
    .name = "install",
    .summary = "Print the manifests of the operator",
    .usage = "[options]",
    .about = "Prints the manifests of the operator as YAML: its namespace, the definitions of "
             "Stacks, Runs, Approvals and Lanes, admission policies, roles, the Deployment and its "
             "network policy. Applies nothing: keep the output in git, or pipe it into \"kubectl "
             "apply --server-side -f -\".",
    .example = "loam operator install -image=registry.example.com/loam:0.2.0",
    .groups = {OPTION_GROUP(install_options), &option_view},
    .run = run_install,
};

static const Command *const operator_subcommands[] = {&install_command,
                                                      OPERATOR_COMMANDS(COMMAND_ROW)};

const Command cmd_operator = {
    .name = "operator",
    .summary = "Run configurations on Kubernetes",
    .usage = "<command> [options] [arguments]",
    .about = "Works with the operator, which runs the configurations of Stacks as Jobs of a "
             "Kubernetes cluster.",
    .example = "loam operator status\nloam operator install",
    COMMAND_SUBCOMMANDS(operator_subcommands),
};
