/* From the check_results that a plan carries as text. */
#include "report_checks.h"

#include "json.h"

static Str member_text(Value object, const char *key) {
    Str text = STR_EMPTY;
    (void)value_find_text(object, str_from_cstr(key), &text);
    return text;
}

/* Null and absent count as empty. */
static Value member_list(Value object, const char *key) {
    Value list = {.type = &TYPE_EMPTY_TUPLE};
    (void)value_find_tuple(object, str_from_cstr(key), &list);
    return list;
}

static ReportCheckStatus status_of(Str text) {
    if (str_equal(text, STR("pass")))
        return REPORT_CHECK_PASS;
    if (str_equal(text, STR("fail")))
        return REPORT_CHECK_FAIL;
    return str_equal(text, STR("error")) ? REPORT_CHECK_ERROR : REPORT_CHECK_UNKNOWN;
}

static Str messages_of(Value object, Arena *scratch) {
    Value messages = member_list(object, "failure_messages");
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

void report_checks_each(const Plan *plan,
                        void (*visit)(const ReportCheck *check, void *payload),
                        void *payload,
                        Arena *scratch) {
    Value results;
    const char *error;
    size_t offset;
    if (plan->checks.len == 0 ||
        !json_parse_any(plan->checks, &results, &error, &offset, scratch) ||
        !value_is_present(results) || results.type->kind != KIND_TUPLE)
        return;
    for (size_t i = 0; i < results.count; i++) {
        Value result = value_at(results, i);
        Value objects = member_list(result, "objects");
        for (size_t j = 0; j < objects.count; j++) {
            Value object = value_at(objects, j);
            ReportCheck check = {
                .kind = member_text(result, "object_kind"),
                .block = member_text(result, "config_addr"),
                .address = member_text(object, "object_addr"),
                .message = messages_of(object, scratch),
                .status = status_of(member_text(object, "status")),
            };
            visit(&check, payload);
        }
    }
}
