/* The report of a stored plan: its changes, and the state that it is for. */
#include "digest.h"
#include "runner_child.h"
#include "runner_message.h"

static void count_change(Value change, ChangeCounts *counts, Arena *arena) {
    StrVec actions = value_texts_of(value_tuple_at(change, STR("actions")), arena);
    Str action = actions.count == 1 ? actions.items[0] : STR_EMPTY;
    Value importing;
    counts->import += value_find_present(change, STR("importing"), &importing);
    counts->replace += actions.count > 1;
    counts->add += str_equal(action, STR("create"));
    counts->change += str_equal(action, STR("update"));
    counts->destroy += str_equal(action, STR("delete"));
    counts->forget += str_equal(action, STR("forget"));
}

static void count_changes(Value plan, ChangeCounts *counts, Arena *arena) {
    Value list = value_tuple_at(plan, STR("resource_changes")), change;
    for (size_t i = 0; i < list.count; i++) {
        if (value_find_present(value_at(list, i), STR("change"), &change))
            count_change(change, counts, arena);
    }
}

static void count_drift(const Runner *runner, Value plan, RunDrift *drift) {
    Value list = value_tuple_at(plan, STR("resource_drift"));
    StrBuf all = strbuf_new(runner->arena);
    for (size_t i = 0; i < list.count; i++) {
        Value object = value_at(list, i);
        Str address = value_text_at(object, STR("address"));
        strbuf_add(&all, json_text(object, runner->arena));
        if (drift->addresses.count < 10)
            vec_push(runner->arena, &drift->addresses, address);
        drift->count++;
    }
    if (drift->count > 0)
        drift->digest =
            str_concat(STR("sha256:"), digest_hex(DIGEST_SHA256, strbuf_str(&all), runner->arena),
                       runner->arena);
}

/* The index of the plan: {"plans":[{"name":…,"digest":…,"lineage":…,"serial":…}]}. The digest is
 * that of the bytes that were shown: a plan that was exchanged in between is none. */
static bool find_plan(Runner *runner, RunResult *result) {
    static const char *const words[] = {"state", "plans", "-json", NULL};
    Value list, plans;
    int64_t number = 0;
    if (!runner_child_json(runner, words, &list) || !value_find_tuple(list, STR("plans"), &plans))
        return false;
    for (size_t i = 0; i < plans.count; i++) {
        Value plan = value_at(plans, i);
        if (!str_equal(value_text_at(plan, STR("name")), runner->order.run.name))
            continue;
        result->state.lineage = value_text_at(plan, STR("lineage"));
        if (value_find_int(plan, STR("serial"), &number))
            result->state.serial = (uint64_t)number;
        return result->plan.digest.len > 0 &&
               str_equal(result->plan.digest, value_text_at(plan, STR("digest")));
    }
    return false;
}

/* For people, in the log of the container: "loam operator show" prints it. */
static void print_plan(Runner *runner, const char *name) {
    const char *const words[] = {"show", "-no-color", "-details=full", name, NULL};
    (void)runner_child(runner, &(RunnerChild){.words = words});
}

int runner_report(Runner *runner) {
    Str name = str_concat(STR("state:"), runner->order.run.name, runner->arena);
    const char *const words[] = {
        "show", "-json", "-no-color", "-exit-class", str_to_cstr(name, runner->arena), NULL};
    RunResult result = {0};
    Value plan, applicable;
    /* No program of the configuration can speak for the plan. */
    vec_push(runner->arena, &runner->environment, STR("LOAM_START_PROGRAMS=none"));
    bool ok = runner_child_json(runner, words, &plan);
    result.plan.digest = ok ? value_text_at(plan, STR("digest")) : STR_EMPTY;
    if (!ok || !find_plan(runner, &result))
        return runner_message_fail(runner, RUNNER_MISMATCH, STR("The stored plan cannot be read"),
                                   STR("the log of the container says why"));
    print_plan(runner, words[ARRAY_COUNT(words) - 2]);
    count_changes(plan, &result.changes, runner->arena);
    count_drift(runner, plan, &result.drift);
    result.plan.code = value_text_at(plan, STR("code"));
    result.plan.is_applicable =
        value_find_present(plan, STR("applyable"), &applicable) && value_is_true(applicable);
    result.summary = str_format(
        runner->arena, "%u to add, %u to change, %u to destroy, %u to replace.", result.changes.add,
        result.changes.change, result.changes.destroy, result.changes.replace);
    runner_message_write(runner, &result);
    return 0;
}
