/* Functions shared by the text and JSON reports of tests. */
#include "view_test.h"
#include "config_json.h"
#include "relevant_json.h"
#include "render_json.h"
#include "statefile.h"
#include "version.h"

const char *view_test_word(SuiteStatus status) {
    return suite_status_name(status == SUITE_ERROR ? SUITE_FAIL : status);
}

Str view_test_summary(const Suite *suite, Arena *arena) {
    size_t failed = suite->counts[SUITE_FAIL] + suite->counts[SUITE_ERROR];
    size_t skipped = suite->counts[SUITE_SKIP];
    bool is_fine = suite->status <= SUITE_PASS;
    Str skips = skipped > 0 ? str_format(arena, ", %zu skipped", skipped) : STR_EMPTY;
    return str_format(arena, "%s! %zu passed, %zu failed%.*s.", is_fine ? "Success" : "Failure",
                      suite->counts[SUITE_PASS], failed, STR_ARG(skips));
}

static const Schema *find_schema(void *payload, ResourceMode mode, Str provider, Str type) {
    return engine_find_schema(payload, mode, provider, type);
}

Str view_test_plan_document(const SuiteRun *run, Arena *scratch) {
    Plan plan = *run->plan;
    StrBuf text = strbuf_new(scratch);
    plan.previous_state = statefile_encode(run->prior, scratch);
    plan.prior_state = plan.previous_state;
    plan.configuration = config_json_write(run->engine, scratch);
    plan.relevant_attributes = relevant_json_write(run->engine, &plan, scratch);
    render_json_plan(&plan, find_schema, (void *)run->engine, STR(VERSION_TERRAFORM), &text,
                     scratch);
    return strbuf_str(&text);
}

Str view_test_state_document(const SuiteRun *run, Arena *scratch) {
    StrBuf text = strbuf_new(scratch);
    render_json_state(statefile_encode(run->state, scratch), find_schema, (void *)run->engine,
                      STR(VERSION_TERRAFORM), &text, scratch);
    return strbuf_str(&text);
}
