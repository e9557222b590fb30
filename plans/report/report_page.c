/* report_page: the frame of a page. */
#include "report_page.h"
#include "clock.h"
#include "html.h"
#include "plans_report_assets.h"
#include "report_text.h"

void report_page_open(const ReportInput *input, const char *what, StrBuf *out, Arena *scratch) {
    Str title = html_of(input->title, scratch);
    strbuf_add_format(out,
                      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
                      "<title>loam: %.*s%s</title>\n<style>\n%s</style>\n</head>\n<body>\n",
                      STR_ARG(title), what, report_page_css);
    strbuf_add_format(out, "<header>\n<h1>loam: %.*s%s</h1>\n<span class=\"dim\">", STR_ARG(title),
                      what);
    html_add(out, clock_format_rfc3339(input->now_ms, scratch));
    if (input->plan && input->plan->workspace.len > 0) {
        strbuf_add_cstr(out, ", workspace ");
        html_add(out, input->plan->workspace);
    }
    strbuf_add_cstr(out, "</span>\n<div>");
    html_add(out, report_text_summary(input, scratch));
    strbuf_add_cstr(out, "</div>\n");
}

void report_page_close(const char *script, StrBuf *out) {
    strbuf_add_format(out, "<script>\n%s</script>\n</body>\n</html>\n", script);
}

static void add_message(const Diag *diag, StrBuf *out, Arena *scratch) {
    bool is_error = diag->severity == DIAG_ERROR;
    strbuf_add_format(out, "<details class=\"%s\"%s><summary><span class=\"glyph\">%s</span> ",
                      is_error ? "error" : "warning", is_error ? " open" : "",
                      is_error ? "Error:" : "Warning:");
    html_add(out, diag->summary);
    strbuf_add_cstr(out, "</summary><pre>");
    if (diag->address.len > 0)
        strbuf_add_format(out, "with %.*s\n", STR_ARG(html_of(diag->address, scratch)));
    Str place = report_text_place(diag->range, scratch);
    if (place.len > 0)
        strbuf_add_format(out, "on %.*s\n", STR_ARG(html_of(place, scratch)));
    html_add(out, diag->detail);
    strbuf_add_cstr(out, "</pre></details>\n");
}

void report_page_add_messages(const Diags *diags, StrBuf *out, Arena *scratch) {
    if (!diags || diags->count == 0)
        return;
    strbuf_add_cstr(out, "<section>\n<h2>Messages</h2>\n");
    for (size_t i = 0; i < diags->count; i++)
        add_message(&diags->items[i], out, scratch);
    strbuf_add_cstr(out, "</section>\n");
}
