/* report_checks: parses the check_results of a plan. */
#include "report_checks.h"
#include "json.h"

static ReportCheckStatus report_checks_status_of(Str text) {
    if (str_equal(text, STR("pass")))
        return REPORT_CHECK_PASS;
    if (str_equal(text, STR("fail")))
        return REPORT_CHECK_FAIL;
    return str_equal(text, STR("error")) ? REPORT_CHECK_ERROR : REPORT_CHECK_UNKNOWN;
}

static Str messages_of(Value object, Arena *scratch) {
    Value messages = value_tuple_at(object, STR("failure_messages"));
    StrBuf text = strbuf_new(scratch);
    for (size_t i = 0; i < messages.count; i++) {
        Value message = value_at(messages, i);
        if (!value_is_present(message) || message.type->kind != KIND_STRING)
            continue;
        if (text.len > 0)
            strbuf_add_char(&text, '\n');
        strbuf_add(&text, value_text(message));
    }
    return strbuf_str(&text);
}

void report_checks_each(const Plan *plan, void (*visit)(const ReportCheck *check, void *payload),
                        void *payload, Arena *scratch) {
    Value results;
    const char *error;
    size_t offset;
    if (plan->checks.len == 0 ||
        !json_parse_any(plan->checks, &results, &error, &offset, scratch) ||
        !value_is_present(results) || results.type->kind != KIND_TUPLE)
        return;
    for (size_t i = 0; i < results.count; i++) {
        Value result = value_at(results, i);
        Value objects = value_tuple_at(result, STR("objects"));
        for (size_t j = 0; j < objects.count; j++) {
            Value object = value_at(objects, j);
            ReportCheck check = {
                .kind = value_text_at(result, STR("object_kind")),
                .block = value_text_at(result, STR("config_addr")),
                .address = value_text_at(object, STR("object_addr")),
                .message = messages_of(object, scratch),
                .status = report_checks_status_of(value_text_at(object, STR("status"))),
            };
            visit(&check, payload);
        }
    }
}
