#include "stack_plan.h"

#include "kube_object.h"
#include "utf8.h"

static bool has_time(Value run, const char *name) {
    Value time;
    return kube_object_find(run, "status", name, &time);
}

bool stack_plan_waits(const StackPlan *plan) {
    return plan->digest.len > 0 && !has_time(plan->run, "approvedAt") &&
           !has_time(plan->run, "finishedAt");
}

static bool report_none(StackAccess *access, const char *action, Value stack) {
    Value conditions = kube_object_list(stack, "status", "conditions");
    Str reason = STR("the operator has not looked at it yet"), message = STR_EMPTY;
    for (size_t i = 0; i < conditions.count; i++) {
        Value condition = value_at(conditions, i);
        if (!str_equal_cstr(kube_object_text(condition, "", "type"), "Ready"))
            continue;
        reason = stack_access_text(access, condition, "", "reason");
        message = stack_access_text(access, condition, "", "message");
    }
    return diags_fail(access->diags, NO_RANGE, action,
                      "No plan of Stack %.*s waits: %.*s%s%.*s. See \"loam operator "
                      "status %.*s\"; for another plan, run \"loam operator reconcile %.*s\".",
                      STR_ARG(access->title), STR_ARG(reason), message.len > 0 ? ", " : "",
                      (int)(str_ends_with(message, STR(".")) ? message.len - 1 : message.len),
                      message.ptr, STR_ARG(access->title), STR_ARG(access->title));
}

/* The plan of an older spec is superseded as soon as the operator sees the new one. */
static bool check_generation(StackAccess *access, const char *action, Value stack) {
    if (kube_object_int(stack, "metadata", "generation") ==
        kube_object_int(stack, "status", "observedGeneration"))
        return true;
    return diags_fail(diags_as(DIAG_STALE, access->diags), NO_RANGE, action,
                      "Stack %.*s has changed since its plan was made, and the operator has not "
                      "looked at the change yet. Run the command again in a moment; if this stays, "
                      "look at the operator's own pods.",
                      STR_ARG(access->title));
}

/* Gets a Run. Without one, the plan has no digest: the operator names a Run before it makes it. */
static bool get_run(StackAccess *access, const char *action, Str name, StackPlan *out) {
    KubeRef ref = {&stack_access_runs, access->stack.namespace, name};
    if (name.len == 0)
        return true;
    StackRequest request = {action, ref, stack_access_viewer, .may_be_absent = true};
    if (!stack_access_get(access, &request, &out->run))
        return false;
    if (!value_is_present(out->run))
        return true;
    out->run_name = name;
    out->run_uid = kube_object_text(out->run, "metadata", "uid");
    if (str_equal(kube_object_text(out->run, "spec.stack", "uid"),
                  kube_object_text(out->stack, "metadata", "uid")))
        out->digest = kube_object_text(out->run, "status.plan", "digest");
    return true;
}

bool stack_plan_find(StackAccess *access, const char *action, Value stack, StackPlan *out) {
    *out = (StackPlan){.stack = stack};
    return check_generation(access, action, stack) &&
           get_run(access, action, kube_object_text(stack, "status", "currentRun"), out) &&
           (stack_plan_waits(out) || report_none(access, action, stack));
}

bool stack_plan_find_newest(StackAccess *access, const char *action, Value stack, StackPlan *out) {
    Str current = kube_object_text(stack, "status", "currentRun");
    Str last = kube_object_text(stack, "status.lastRun", "name");
    *out = (StackPlan){.stack = stack};
    return get_run(access, action, current.len > 0 ? current : last, out) &&
           (out->digest.len > 0 || report_none(access, action, stack));
}

/* Texts. */

typedef struct PlanCount {
    const char *member;
    const char *glyph;
    const char *words;
} PlanCount;

static const PlanCount counts[] = {
    {"add", "+", "to add"},
    {"change", "~", "to change"},
    {"destroy", "-", "to destroy"},
    {"replace", "-/+", "to replace"},
    {"import", "import ", "to import"},
    {"forget", "forget ", "to forget"},
};

Str stack_plan_counts(Value object, const char *path, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        int64_t count = kube_object_int(object, path, counts[i].member);
        if (count > 0)
            strbuf_add_format(&out, "%s%s%lld", out.len > 0 ? " " : "", counts[i].glyph,
                              (long long)count);
    }
    return out.len > 0 ? strbuf_str(&out) : STR("-");
}

static void add_changes(const StackPlan *plan, StrBuf *out) {
    bool has_one = false;
    strbuf_add_cstr(out, "  Changes    ");
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        int64_t count = kube_object_int(plan->run, "status.plan.changes", counts[i].member);
        if (count > 0)
            strbuf_add_format(out, "%s%lld %s", has_one ? ", " : "", (long long)count,
                              counts[i].words);
        has_one = has_one || count > 0;
    }
    strbuf_add_cstr(out, has_one ? "\n" : "outputs only\n");
    if (!kube_object_is_true(plan->run, "status.plan", "verified"))
        strbuf_add_cstr(out, "             not verified: the container that runs code of the "
                             "configuration counted them\n");
}

static void add_approvals(const StackAccess *access, const StackPlan *plan, StrBuf *out) {
    Value users = kube_object_list(plan->run, "status", "approvedBy");
    int64_t required = kube_object_int(plan->run, "spec.template.approval", "required");
    strbuf_add_format(out, "  Approvals  %u of %lld", users.count,
                      (long long)(required > 0 ? required : 1));
    for (size_t i = 0; i < users.count; i++) {
        Str user = value_at(users, i).type->kind == KIND_STRING ? value_text(value_at(users, i))
                                                                : STR_EMPTY;
        strbuf_add_format(out, "%s%.*s", i == 0 ? ": " : ", ",
                          STR_ARG(utf8_one_line(user, access->cli->arena)));
    }
    strbuf_add_char(out, '\n');
}

void stack_plan_describe(const StackAccess *access, const StackPlan *plan, StrBuf *out) {
    Arena *arena = access->cli->arena;
    int64_t expires_ms = stack_access_time(access, plan->stack, "status.plan", "expiresAt");
    strbuf_add_format(out, "  Run        %.*s (%.*s, reason %.*s)\n",
                      STR_ARG(stack_access_text(access, plan->run, "metadata", "name")),
                      STR_ARG(stack_access_text(access, plan->run, "spec", "type")),
                      STR_ARG(stack_access_text(access, plan->run, "spec", "reason")));
    strbuf_add_format(out, "  Revision   %.*s\n",
                      STR_ARG(stack_access_text(access, plan->run, "spec", "revision")));
    add_changes(plan, out);
    strbuf_add_format(out, "  Digest     %.*s\n",
                      STR_ARG(stack_access_text(access, plan->run, "status.plan", "digest")));
    if (!stack_plan_waits(plan))
        return;
    if (expires_ms > 0)
        strbuf_add_format(out, "  Expires    in %.*s\n",
                          STR_ARG(stack_access_age(cli_now_ms(access->cli), expires_ms, arena)));
    add_approvals(access, plan, out);
}
