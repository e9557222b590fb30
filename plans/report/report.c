/* report: the kinds of reports. */
#include "report.h"

const ReportKind *const report_kinds[] = {
    &report_markdown, &report_html, &report_junit, &report_sarif, &report_timeline, &report_spans,
};
const size_t report_kind_count = ARRAY_COUNT(report_kinds);

const ReportKind *report_find_kind(Str name) {
    for (size_t i = 0; i < report_kind_count; i++) {
        if (str_equal_cstr(name, report_kinds[i]->name))
            return report_kinds[i];
    }
    return NULL;
}
