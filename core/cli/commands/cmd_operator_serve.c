/* loam operator serve: the controller, in its pod. */
#include "command_table.h"
#include "glob.h"
#include "kube_client.h"
#include "kubeconfig.h"
#include "operator_entry.h"
#include "operator_manifests.h"

static bool serve_fail(Diags *diags, Str why) {
    return diags_fail(diags, NO_RANGE, "The operator does not run", "%.*s", STR_ARG(why));
}

static bool read_images(Cli *cli, Str text, StrVec *out, Diags *diags) {
    Str pattern;
    while (text.len > 0 && str_next_field(&text, ',', &pattern)) {
        if (!glob_is_valid(pattern))
            return serve_fail(diags, str_format(cli->arena,
                                                "-runner-images has \"%.*s\", which is no pattern. "
                                                "Use one like \"registry.example.com/loam/*\".",
                                                STR_ARG(pattern)));
        vec_push(cli->arena, out, pattern);
    }
    return true;
}

static bool read_settings(Cli *cli, const Arguments *arguments, OperatorSettings *out,
                          Diags *diags) {
    Str takeover = option_text(arguments, "takeover-after"), name = option_text(arguments, "name");
    const char *host = cli->io.process->environment(cli->io.process->self, "HOSTNAME");
    out->name = name.len > 0 ? name : str_from_cstr(host ? host : "loam-operator");
    out->image = option_text(arguments, "runner-image");
    if (takeover.len == 0)
        takeover = STR("5m");
    if (out->image.len == 0)
        return serve_fail(diags, STR("No image is given for the pods of Runs. Use -runner-image."));
    out->is_cross_allowed = option_flag(arguments, "allow-cross-namespace");
    out->has_separate_duties = option_flag(arguments, "separate-duties");
    out->cancel = cli->cancel;
    out->lease_namespace = option_text(arguments, "lease-namespace");
    out->shard = option_text(arguments, "shard");
    out->lease = out->shard.len == 0
                     ? STR("loam-operator")
                     : str_format(cli->arena, "loam-operator-%.*s", STR_ARG(out->shard));
    out->metrics_address = option_text(arguments, "metrics-addr");
    out->health_address = option_text(arguments, "health-addr");
    out->events_address = option_text(arguments, "events-addr");
    out->io = &cli->io;
    out->arena = cli->arena;
    if (out->events_address.len > 0 && !str_starts_with(out->events_address, STR("http://")) &&
        !str_starts_with(out->events_address, STR("https://")))
        return serve_fail(diags,
                          str_format(cli->arena, "-events-addr=%.*s is no URL with http or https.",
                                     STR_ARG(out->events_address)));
    if (out->shard.len > 0 && !str_is_dns_label(out->shard))
        return serve_fail(diags, str_format(cli->arena,
                                            "-shard=%.*s is no DNS label: use lower-case letters, "
                                            "digits and hyphens.",
                                            STR_ARG(out->shard)));
    if (!read_images(cli, option_text(arguments, "runner-images"), &out->images, diags))
        return false;
    return clock_parse_duration(takeover, &out->takeover_after_ms) ||
           serve_fail(diags,
                      str_format(cli->arena,
                                 "-takeover-after=%.*s is no duration. Give one like \"5m\", "
                                 "or \"0s\" for no takeover.",
                                 STR_ARG(takeover)));
}

static bool find_server(Cli *cli, KubeTarget *out, Diags *diags) {
    KubeChoice choice = {0};
    if (!kubeconfig_find(&cli->io, &choice, out, cli->arena, diags))
        return false;
    return out->server.len > 0 ||
           serve_fail(diags, STR("There is no API server: no kubeconfig file names one, and loam "
                                 "does not run in a pod. Set KUBECONFIG."));
}

static int run_serve(Cli *cli, const Arguments *arguments, Diags *diags) {
    OperatorSettings settings = {0};
    KubeTarget target = {0};
    const OperatorEntry *entry;
    Str problem;
    if (!read_settings(cli, arguments, &settings, diags) || !find_server(cli, &target, diags))
        return 1;
    entry = operator_entry_load(&problem, cli->arena);
    if (!entry)
        return serve_fail(diags, problem), 1;
    settings.target = &target;
    return entry->run(&settings, &problem) || serve_fail(diags, problem) ? 0 : 1;
}

static const Option serve_options[] = {
    {"runner-image", OPTION_TEXT, "IMAGE", "Image of the pods of new Runs."},
    {"runner-images", OPTION_TEXT, "PATTERNS",
     "Other images that Stacks may name, for instance \"registry.example.com/loam/*:1.*\", "
     "separated "
     "by commas (default: none)."},
    {"name", OPTION_TEXT, "NAME", "Name of this controller in events (default: $HOSTNAME)."},
    {"lease-namespace", OPTION_TEXT, "NAMESPACE",
     "Namespace of the Lease by which one of several controllers works (default: no Lease)."},
    {"shard", OPTION_TEXT, "NAME",
     "Serve only Stacks whose label sharding.fluxcd.io/key has this value (default: those without "
     "the label)."},
    {"metrics-addr", OPTION_TEXT, "ADDRESS",
     "Serve /metrics for Prometheus, for instance at \":8080\" (default: not served)."},
    {"health-addr", OPTION_TEXT, "ADDRESS",
     "Serve /healthz and /readyz, for instance at \":9440\" (default: not served)."},
    {"events-addr", OPTION_TEXT, "URL",
     "Post events to the notification-controller of Flux at this address (default: not posted)."},
    {"takeover-after", OPTION_TEXT, "DURATION",
     "How long a node must not answer before its pods are replaced (default 5m; 0s: never)."},
    {"allow-cross-namespace", OPTION_FLAG, NULL,
     "Let Stacks refer to sources and Stacks of other namespaces."},
    {"separate-duties", OPTION_FLAG, NULL, "Do not count an approval of who requested the Run."},
};

const Command cmd_operator_serve = {
    .name = "serve",
    .summary = "Run the controller",
    .usage = "[options]",
    .about = "Follows Stacks, Runs and Approvals of the cluster, and makes the Jobs that plan and "
             "apply them, until it gets SIGTERM. \"loam operator install\" prints the Deployment "
             "that starts it.",
    .example = "loam operator serve -runner-image=registry.example.com/loam:0.2.0",
    .groups = {OPTION_GROUP(serve_options), &option_view},
    .run = run_serve,
    .is_hidden = true,
};
