/* report_html: one section for each kind of change, one fold for each change. The page is complete
 * without the script, which searches, folds and steps. */
#include "html.h"
#include "plans_report_assets.h"
#include "render_secret.h"
#include "render_text.h"
#include "render_title.h"
#include "report_outcome.h"
#include "report_page.h"
#include "report_section.h"

typedef struct HtmlPage {
    const ReportInput *input;
    StrBuf *out;
    Arena *scratch; /* of one entry */
    size_t entries;
    bool is_short; /* few entries: all are unfolded at first */
    ReportOutcomes outcomes;
    RenderStyle style;
} HtmlPage;

#define SHORT_MAX 5

static void report_html_open_section(HtmlPage *page, const char *kind, const char *title,
                                     size_t count) {
    strbuf_add_format(page->out,
                      "<section class=\"%s\" data-kind=\"%s\">\n<h2>%s <small>%zu</small></h2>\n",
                      kind, kind, title, count);
}

/* The part of an entry that stays visible when folded: the outcome of the change, and its effects
 * on the machine. */
static void add_facts(HtmlPage *page, const ResourceChange *change) {
    ReportOutcome outcome;
    if (report_outcome_find(&page->outcomes, &change, 1, &outcome))
        strbuf_add_format(page->out, " <span class=\"outcome %s\">%.*s</span>",
                          report_outcome_is_good(&outcome) ? "ok" : "bad",
                          STR_ARG(report_outcome_text(&outcome, page->scratch)));
    StrVec facts = report_outcome_facts(change, page->scratch);
    vec_each(&facts, fact) {
        strbuf_add_cstr(page->out, " <span class=\"fact\">");
        html_add(page->out, *fact);
        strbuf_add_cstr(page->out, "</span>");
    }
}

static void open_entry(HtmlPage *page, const char *glyph, Str title, const ResourceChange *change) {
    size_t id = ++page->entries;
    strbuf_add_format(page->out,
                      "<details class=\"change\" id=\"c%zu\"%s><summary><a href=\"#c%zu\" "
                      "aria-label=\"Link\">#</a><span class=\"glyph\">",
                      id, page->is_short ? " open" : "", id);
    html_add(page->out, str_from_cstr(glyph));
    strbuf_add_cstr(page->out, "</span> ");
    html_add(page->out, title);
    if (change)
        add_facts(page, change);
    strbuf_add_cstr(page->out, "</summary><pre>");
}

static void close_entry(HtmlPage *page) {
    strbuf_add_cstr(page->out, "</pre></details>\n");
    arena_reset(page->scratch);
}

static void report_html_add_changes(HtmlPage *page, const ReportChanges *changes,
                                    const ReportSectionRow *row) {
    if (changes->count == 0)
        return;
    report_html_open_section(page, row->name, row->title, changes->count);
    vec_each(changes, change) {
        Str title = page->input->timeline && report_outcome_is_operation((*change)->action)
                        ? resource_addr_to_str((*change)->address, page->scratch)
                        : render_title_of_change(*change, page->scratch);
        open_entry(page, row->glyph, title, *change);
        render_text_change(*change, page->style, page->out, page->scratch);
        close_entry(page);
    }
    strbuf_add_cstr(page->out, "</section>\n");
}

static void report_html_add_drift(HtmlPage *page, const RenderDrifts *drifts) {
    if (drifts->count == 0)
        return;
    report_html_open_section(page, "drift", "Changed outside of loam", drifts->count);
    vec_each(drifts, drift) {
        open_entry(page, action_glyph(drift->drift.action),
                   render_title_of_drift(&drift->drift, page->scratch), NULL);
        render_text_drift(drift, page->style, page->out, page->scratch);
        close_entry(page);
    }
    strbuf_add_cstr(page->out, "</section>\n");
}

static size_t count_outputs(const Plan *plan) {
    size_t count = 0;
    vec_each(&plan->outputs, output) {
        count += output->action != ACTION_NO_OP;
    }
    return count;
}

static void report_html_add_outputs(HtmlPage *page) {
    const Plan *plan = page->input->plan;
    size_t count = count_outputs(plan);
    if (count == 0)
        return;
    report_html_open_section(page, "outputs", "Outputs", count);
    vec_each(&plan->outputs, output) {
        if (output->action == ACTION_NO_OP)
            continue;
        open_entry(page, action_glyph(output->action), output->name, NULL);
        render_text_output(output, page->style, page->out, page->scratch);
        close_entry(page);
    }
    strbuf_add_cstr(page->out, "</section>\n");
}

static void add_chip(HtmlPage *page, const char *kind, const char *title, size_t count) {
    if (count > 0)
        strbuf_add_format(page->out,
                          "<button type=\"button\" data-kind=\"%s\" aria-pressed=\"true\">%s "
                          "%zu</button>\n",
                          kind, title, count);
}

static void report_html_add_bar(HtmlPage *page, const ReportChanges *changes) {
    strbuf_add_cstr(page->out, "<div class=\"bar\" role=\"search\">\n<input type=\"search\" "
                               "placeholder=\"Search all text\" "
                               "aria-label=\"Search all text\">\n");
    for (size_t i = 0; i < REPORT_SECTION_COUNT; i++)
        add_chip(page, report_sections[i].name, report_sections[i].title, changes[i].count);
    if (page->input->plan)
        add_chip(page, "outputs", "Outputs", count_outputs(page->input->plan));
    strbuf_add_cstr(
        page->out, "<button type=\"button\" id=\"unfold\">Unfold</button>\n"
                   "<button type=\"button\" id=\"fold\">Fold</button>\n"
                   "<span id=\"shown\" class=\"dim\" role=\"status\"></span>\n"
                   "<span class=\"dim\">/ search, j k step, Enter folds, e c all</span>\n</div>\n");
}

static void report_html_write_report(const ReportInput *input, StrBuf *out, Arena *scratch) {
    SCOPED(ArenaRef) entry = arena_open("entry");
    HtmlPage page = {.input = input, .out = out, .scratch = entry};
    page.style = (RenderStyle){.markup = MARKUP_HTML, .is_past = input->timeline != NULL};
    if (input->plan)
        page.style.secrets = render_secret_of_plan(input->plan, scratch);
    page.outcomes = report_outcome_collect(input->timeline, scratch);
    ReportChanges changes[REPORT_SECTION_COUNT] = {0};
    RenderDrifts drifts = {0};
    if (input->plan)
        drifts = render_drift_find(input->plan, scratch);
    size_t count = drifts.count + (input->plan ? count_outputs(input->plan) : 0);
    for (size_t i = 0; input->plan && i < REPORT_SECTION_COUNT; i++) {
        changes[i] = report_section_changes(input->plan, (ReportSection)i, scratch);
        count += changes[i].count;
    }
    page.is_short = count <= SHORT_MAX;
    report_page_open(input, "", out, scratch);
    report_html_add_bar(&page, changes);
    strbuf_add_cstr(out, "</header>\n<main>\n");
    report_page_add_messages(input->diags, out, scratch);
    report_html_add_drift(&page, &drifts);
    for (size_t i = 0; i < REPORT_SECTION_COUNT; i++)
        report_html_add_changes(&page, &changes[i], &report_sections[i]);
    if (input->plan)
        report_html_add_outputs(&page);
    strbuf_add_cstr(out, "</main>\n");
    report_page_close(report_page_js, out);
}

const ReportKind report_html = {
    .name = "html",
    .help = "One self-contained page with search and folding.",
    .write = report_html_write_report,
};
