/* loam kubernetes: work on a Kubernetes cluster that no configuration describes. */
#include "command_table.h"
#include "serving_approver.h"
#include "stack_access.h"

#define APPROVER_LEASE STR("loam-csr-approver")

typedef struct ApproverOutput {
    Cli *cli;
} ApproverOutput;

/* Names come from the cluster: their control characters are left out. */
static Str approver_name(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] > ' ' && text.ptr[i] <= '~')
            strbuf_add_char(&out, text.ptr[i]);
    }
    return strbuf_str(&out);
}

static void print_report(void *payload, const ServingReport *report) {
    const ApproverOutput *output = payload;
    const Clock *clock = output->cli->io.clock;
    SCOPED(ArenaRef) arena = arena_open("line of a request");
    StrBuf line = strbuf_new(arena);
    Str request = approver_name(report->request, arena), node = approver_name(report->node, arena);
    strbuf_add(&line, clock_format_rfc3339(clock->now_ms(clock->self), arena));
    if (report->verdict == SERVING_UNSURE)
        strbuf_add(&line, STR(" error:"));
    else
        strbuf_add_format(&line, " %s %.*s",
                          report->verdict == SERVING_APPROVES ? "approved" : "left",
                          STR_ARG(request));
    if (node.len)
        strbuf_add_format(&line, " of node %.*s", STR_ARG(node));
    if (report->reason.len)
        strbuf_add_format(&line, "%s %.*s", report->verdict == SERVING_LEAVES ? ":" : "",
                          STR_ARG(report->reason));
    strbuf_add_char(&line, '\n');
    terminal_out(strbuf_str(&line));
}

static ServingLease lease_of(const Cli *cli, const Arguments *arguments) {
    const char *host = cli->io.process->environment(cli->io.process->self, "HOSTNAME");
    Str name = option_text(arguments, "name");
    return (ServingLease){.namespace = option_text(arguments, "lease-namespace"),
                          .name = APPROVER_LEASE,
                          .identity = name.len ? name : str_from_cstr(host ? host : "loam")};
}

static int run_approve_csr(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(StackAccess) access = {0};
    ApproverOutput output = {cli};
    ServingLease lease = lease_of(cli, arguments);
    ServingApprover approver = {.cancel = cli->cancel,
                                .nodes_path = option_text(arguments, "nodes"),
                                .report = print_report,
                                .payload = &output};
    bool should_watch = option_flag(arguments, "watch");
    if (approver.nodes_path.len == 0)
        return diags_fail(diags, NO_RANGE, "No nodes",
                          "Give -nodes=FILE, a file that maps the name of each Node to a list of "
                          "its addresses."),
               1;
    if (lease.namespace.len > 0 && !should_watch)
        return diags_fail(diags, NO_RANGE, "Lease without -watch",
                          "-lease-namespace is for several programs that run for long. Add -watch, "
                          "or leave it out."),
               1;
    if (!stack_access_open(&access, cli, arguments, diags))
        return 1;
    approver.client = access.client;
    bool is_good = should_watch ? serving_approver_run(&approver, &lease, diags)
                                : serving_approver_pass(&approver, diags);
    return is_good ? 0 : 1;
}

static const Option approve_options[] = {
    {"nodes", OPTION_PATH, "FILE",
     "File in YAML or JSON that maps the name of each Node to a list of its addresses. It is read "
     "again when it changes."},
    {"watch", OPTION_FLAG, NULL, "Run until SIGTERM, and approve requests as they arrive."},
    {"lease-namespace", OPTION_TEXT, "NAMESPACE",
     "Namespace of the Lease loam-csr-approver, by which one of several programs works (default: "
     "no Lease)."},
    {"name", OPTION_TEXT, "NAME", "Name of this program in the Lease (default: $HOSTNAME)."},
};

static const Command approve_csr_command = {
    .name = "approve-csr",
    .summary = "Approve serving certificates of kubelets",
    .usage = "-nodes=FILE [options]",
    .about =
        "Approves pending CertificateSigningRequests of the signer kubernetes.io/kubelet-serving. "
        "A request is approved only if it comes from the kubelet of a node in the file, is not "
        "older than its Node, has no names but that of the node and addresses of the file, and "
        "asks "
        "for the usages of a server alone. Other requests are left, and printed once with the "
        "reason. The addresses of Nodes in the cluster do not count, because kubelets write them. "
        "In a pod, loam uses the service account; the module csr-approver makes a Deployment.",
    .example = "loam kubernetes approve-csr -nodes=nodes.yaml\n"
               "loam kubernetes approve-csr -nodes=nodes.yaml -watch",
    .groups = {OPTION_GROUP(approve_options), &stack_access_options, &option_view},
    .run = run_approve_csr,
};

static const Command *const kubernetes_subcommands[] = {&approve_csr_command};

const Command cmd_kubernetes = {
    .name = "kubernetes",
    .summary = "Approve serving certificates of kubelets",
    .usage = "<command> [options] [arguments]",
    .about = "Works on a Kubernetes cluster, without a configuration and a state.",
    .example = "loam kubernetes approve-csr -nodes=nodes.yaml",
    COMMAND_SUBCOMMANDS(kubernetes_subcommands),
};
