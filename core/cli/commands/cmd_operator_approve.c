/* loam operator approve, reject: the decision of a person about the plan that waits. */
#include "command_table.h"
#include "digest.h"
#include "json.h"
#include "kube_object.h"
#include "stack_plan.h"

#define API         "infra.loam.internal/v1alpha1"
#define COMMENT_MAX 1024
#define HASH_SIZE   10 /* hexadecimal digits in a name */

typedef struct Verdict {
    const char *name;    /* as Approvals have it */
    const char *command; /* "approve" */
    const char *failure; /* the summary of errors */
    const char *question;
    const char *description;
    const char *done; /* "Approved" */
} Verdict;

static const Verdict approve = {
    "Approve",
    "approve",
    "Plan not approved",
    "Do you approve this plan?",
    "The operator will apply exactly this plan.",
    "Approved",
};
static const Verdict reject = {
    "Reject",
    "reject",
    "Plan not rejected",
    "Do you reject this plan?",
    "The Stack will wait for another commit, another spec, or \"loam operator reconcile\".",
    "Rejected",
};

static const char approver_right[] =
    "The role loam-approver has this right; an administrator may also grant the verb \"approve\" "
    "on this Stack alone, with the right to create Approvals.";

/* The decision. */

static bool is_digest(Str text) {
    static const Str prefix = STR_CONST("sha256:");
    Str hex = str_after(text, prefix.len);
    bool is_hex = str_starts_with(text, prefix) && hex.len == 64;
    for (size_t i = 0; is_hex && i < hex.len; i++)
        is_hex =
            (hex.ptr[i] >= '0' && hex.ptr[i] <= '9') || (hex.ptr[i] >= 'a' && hex.ptr[i] <= 'f');
    return is_hex;
}

/* A script that approves whatever waits would approve a plan that no person has seen. */
static bool check_given(const StackAccess *access, const Verdict *verdict, Str digest) {
    const Terminal *terminal = &access->cli->terminal;
    if (digest.ptr && !is_digest(digest))
        return diags_fail(access->diags, NO_RANGE, "Invalid digest",
                          "-digest requires the digest of a plan, \"sha256:\" and 64 hexadecimal "
                          "digits, as \"loam operator show\" prints it, not \"%.*s\".",
                          STR_ARG(digest));
    if (digest.ptr || terminal->in_is_tty)
        return true;
    return diags_fail(access->diags, NO_RANGE, verdict->failure,
                      "Standard input is no terminal, so loam cannot ask. Name the plan that was "
                      "read with -digest=sha256:…: another plan is then left alone.");
}

static bool check_digest(const StackAccess *access, const Verdict *verdict, const StackPlan *plan,
                         Str digest) {
    return !digest.ptr || str_equal(digest, plan->digest) ||
           diags_fail(diags_as(DIAG_STALE, access->diags), NO_RANGE, verdict->failure,
                      "The plan of Stack %.*s that waits now is %.*s, not %.*s. Read it with "
                      "\"loam operator show %.*s\".",
                      STR_ARG(access->title), STR_ARG(plan->digest), STR_ARG(digest),
                      STR_ARG(access->title));
}

/* Minutes may pass at the question. */
static bool check_again(StackAccess *access, const Verdict *verdict, const StackPlan *plan) {
    Arena *arena = access->call.arena;
    Diags ignored = diags_new(arena), *diags = access->diags;
    const Clock *clock = access->cli->io.clock;
    StackRequest request = {verdict->failure, access->stack, ""};
    StackPlan now;
    Value stack;
    access->call.deadline_ms = clock->monotonic_ms(clock->self) + 60000;
    if (!stack_access_get(access, &request, &stack))
        return false;
    access->diags = &ignored;
    bool is_same = stack_plan_find(access, verdict->failure, stack, &now) &&
                   str_equal(now.run_uid, plan->run_uid) && str_equal(now.digest, plan->digest);
    access->diags = diags;
    return is_same ||
           diags_fail(diags_as(DIAG_STALE, diags), NO_RANGE, verdict->failure,
                      "The plan that you have seen was superseded meanwhile. Nothing was sent. "
                      "Read the plan of now with \"loam operator show %.*s\".",
                      STR_ARG(access->title));
}

static bool ask(StackAccess *access, const Verdict *verdict, const StackPlan *plan) {
    StrBuf text = strbuf_new(access->cli->arena);
    strbuf_add_format(&text, "The plan of Stack %.*s:\n\n", STR_ARG(access->title));
    stack_plan_describe(access, plan, &text);
    strbuf_add_format(&text, "\nThe changes themselves: loam operator show %.*s\n",
                      STR_ARG(access->title));
    terminal_out(strbuf_str(&text));
    if (cli_approve(access->cli, verdict->question, verdict->description, "yes", access->diags))
        return check_again(access, verdict, plan);
    if (!diags_has_errors(access->diags))
        diags_error(access->diags, NO_RANGE, verdict->failure, "The answer was not \"yes\".");
    return false;
}

/* The Approval. */

/* The same decision has the same name, so that it is made once. */
static Str approval_name(const Verdict *verdict, const StackPlan *plan, Str user, Arena *arena) {
    Str key = str_format(arena, "%s %.*s %.*s %.*s", verdict->name, STR_ARG(plan->run_uid),
                         STR_ARG(plan->digest), STR_ARG(user));
    return str_format(arena, "%.*s-%s-%.*s", STR_ARG(plan->run_name), verdict->command, HASH_SIZE,
                      digest_hex(DIGEST_SHA256, key, arena).ptr);
}

static void add_spec(JsonWriter *writer, const StackAccess *access, const Verdict *verdict,
                     const StackPlan *plan, Str user) {
    json_key_object(writer, "spec");
    json_key_string(writer, "stack", access->stack.name);
    json_key_object(writer, "run");
    json_key_string(writer, "name", plan->run_name);
    json_key_string(writer, "uid", plan->run_uid);
    json_object_end(writer);
    json_key_string(writer, "planDigest", plan->digest);
    json_key_string(writer, "user", user);
    json_key_string(writer, "decision", str_from_cstr(verdict->name));
}

/* The Run owns the Approval, and takes it along when it is deleted. */
static void add_owner(JsonWriter *writer, const StackPlan *plan) {
    json_key_array(writer, "ownerReferences");
    json_object_start(writer);
    json_key_string(writer, "apiVersion", STR(API));
    json_key_string(writer, "kind", STR("Run"));
    json_key_string(writer, "name", plan->run_name);
    json_key_string(writer, "uid", plan->run_uid);
    json_object_end(writer);
    json_array_end(writer);
}

typedef struct Decision {
    const Verdict *verdict;
    const StackPlan *plan;
    Str user;
    Str comment;
} Decision;

static Str approval_json(const StackAccess *access, const Decision *decision, Str name) {
    StrBuf out = strbuf_new(access->call.arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_object_start(&writer);
    json_key_string(&writer, "apiVersion", STR(API));
    json_key_string(&writer, "kind", STR("Approval"));
    json_key_object(&writer, "metadata");
    json_key_string(&writer, "name", name);
    json_key_string(&writer, "namespace", access->stack.namespace);
    add_owner(&writer, decision->plan);
    json_object_end(&writer);
    add_spec(&writer, access, decision->verdict, decision->plan, decision->user);
    if (decision->comment.len > 0)
        json_key_string(&writer, "comment", decision->comment);
    json_object_end(&writer);
    json_object_end(&writer);
    return strbuf_str(&out);
}

/* An object of this name may be another person's. */
static bool is_same_decision(StackAccess *access, const Decision *decision,
                             const StackRequest *request) {
    Value found;
    if (!stack_access_get(access, request, &found))
        return false;
    if (str_equal(kube_object_text(found, "spec", "user"), decision->user) &&
        str_equal(kube_object_text(found, "spec", "planDigest"), decision->plan->digest) &&
        str_equal(kube_object_text(found, "spec.run", "uid"), decision->plan->run_uid) &&
        str_equal_cstr(kube_object_text(found, "spec", "decision"), decision->verdict->name))
        return true;
    return diags_fail(access->diags, NO_RANGE, request->action,
                      "%.*s exists already, and is of another decision. Ask its owner to delete "
                      "it.",
                      STR_ARG(kube_resource_title(&request->ref, access->call.arena)));
}

static bool send(StackAccess *access, const Decision *decision) {
    Arena *arena = access->call.arena;
    const Verdict *verdict = decision->verdict;
    Str name = approval_name(verdict, decision->plan, decision->user, arena);
    KubeRef collection = {&stack_access_approvals, access->stack.namespace};
    StackRequest request = {verdict->failure, collection, approver_right};
    KubeResponse response;
    KubeOutcome outcome =
        kube_call_create(&access->call, &collection, approval_json(access, decision, name),
                         &response, access->diags);
    const char *again = "";
    request.ref.name = name;
    if (outcome == KUBE_CONFLICT) {
        if (!is_same_decision(access, decision, &request))
            return false;
        again = " before";
    } else if (outcome != KUBE_DONE) {
        return stack_access_fail(access, &request, &response);
    }
    terminal_print("%s%s by %.*s: the plan of Stack %.*s,\n  %.*s\n", verdict->done, again,
                   STR_ARG(decision->user), STR_ARG(access->title),
                   STR_ARG(decision->plan->digest));
    return true;
}

static void print_hint(const StackAccess *access, const Verdict *verdict, const StackPlan *plan) {
    int64_t required = kube_object_int(plan->run, "spec.template.approval", "required");
    if (verdict != &approve)
        return;
    if (required > 1)
        terminal_print("The operator applies it after %lld approvals of different users.\n",
                       (long long)required);
    if (kube_object_is_true(plan->stack, "spec", "suspend"))
        terminal_print("The Stack is suspended: it is applied after \"loam operator resume "
                       "%.*s\".\n",
                       STR_ARG(access->title));
    else
        terminal_print("To follow it: loam operator logs -phase=apply -follow %.*s\n",
                       STR_ARG(access->title));
}

static int decide_plan(Cli *cli, const Arguments *arguments, const Verdict *verdict, Diags *diags) {
    SCOPED(StackAccess) access = {.cli = cli, .diags = diags};
    Str digest = option_text(arguments, "digest");
    StackPlan plan;
    Decision decision = {verdict, &plan, STR_EMPTY, option_text(arguments, "comment")};
    Value stack;
    if (!check_given(&access, verdict, digest))
        return 1;
    if (decision.comment.len > COMMENT_MAX) {
        diags_error(diags, NO_RANGE, "Invalid comment", "-comment accepts at most %d bytes.",
                    COMMENT_MAX);
        return 1;
    }
    if (!stack_access_begin(&access, cli, arguments, diags, &stack) ||
        !stack_plan_find(&access, verdict->failure, stack, &plan) ||
        !check_digest(&access, verdict, &plan, digest) ||
        !stack_access_user(&access, &decision.user) ||
        (!digest.ptr && !ask(&access, verdict, &plan)) || !send(&access, &decision))
        return 1;
    print_hint(&access, verdict, &plan);
    return 0;
}

static int run_approve(Cli *cli, const Arguments *arguments, Diags *diags) {
    return decide_plan(cli, arguments, &approve, diags);
}

static int run_reject(Cli *cli, const Arguments *arguments, Diags *diags) {
    return decide_plan(cli, arguments, &reject, diags);
}

static const Option decision_options[] = {
    {"digest", OPTION_TEXT, "DIGEST",
     "Digest of the plan that was read. loam then does not ask, and leaves another plan alone."},
    {"comment", OPTION_TEXT, "TEXT", "Why, for others to read."},
};

const Command cmd_operator_approve = {
    .name = "approve",
    .summary = "Approve the plan of a Stack",
    .about =
        "Shows what the plan of a Stack changes, asks, and creates an Approval with your own "
        "credentials. The operator then applies exactly this plan. You need the verb \"approve\" "
        "on the Stack. Scripts name the plan with -digest, which \"loam operator status -json\" "
        "has.",
    .example = "loam operator approve prod/network",
    .groups = {OPTION_GROUP(decision_options), &stack_access_options, &option_view},
    STACK_ARGUMENT,
    .run = run_approve,
};

const Command cmd_operator_reject = {
    .name = "reject",
    .summary = "Reject the plan of a Stack",
    .about = "Shows what the plan of a Stack changes, asks, and creates an Approval that rejects "
             "it. The Run fails, and the Stack waits for another commit, another spec or \"loam "
             "operator reconcile\". You need the same right as to approve.",
    .example = "loam operator reject -comment=\"not before Monday\" prod/network",
    .groups = {OPTION_GROUP(decision_options), &stack_access_options, &option_view},
    STACK_ARGUMENT,
    .run = run_reject,
};
