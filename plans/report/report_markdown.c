/* report_markdown: sections of folded changes, the most destructive first. Above the size limit
 * changes lose their details, then their lines; the report counts them. */
#include "html.h"
#include "render_group.h"
#include "render_secret.h"
#include "render_text.h"
#include "render_title.h"
#include "report_outcome.h"
#include "report_section.h"
#include "report_text.h"

#define TAIL_RESERVE 600 /* characters, for the end of the report */

typedef struct MarkdownPage {
    const ReportInput *input;
    StrBuf *out;
    size_t length;       /* characters in `out` */
    size_t limit;        /* SIZE_MAX: none */
    size_t detail_limit; /* details end here, to leave room for the lines of the rest */
    size_t left_out;
    size_t without_details;
    RenderGroups groups;
    ReportOutcomes outcomes;
    RenderStyle style;
    Arena *scratch; /* of the page */
} MarkdownPage;

/* Text within a line: escapes newlines, bars of tables and markup. */
static void markdown_add_text(StrBuf *out, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '|' || c == '`' || c == '*' || c == '_' || c == '\\' || c == '[')
            strbuf_add_format(out, "&#%d;", c);
        else
            html_add(out, c == '\n' ? STR(" ") : str_slice(text, i, i + 1));
    }
}

static void add_code(StrBuf *out, Str text) {
    strbuf_add_cstr(out, "<code>");
    markdown_add_text(out, text);
    strbuf_add_cstr(out, "</code>");
}

/* Returns the length of a fence that has more backticks than any run of them in the text. */
static size_t fence_length(Str text) {
    size_t longest = 2, run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest + 1;
}

static void add_fenced(StrBuf *out, const char *language, Str text) {
    size_t fence = fence_length(text);
    strbuf_add_repeat(out, '`', fence);
    strbuf_add_format(out, "%s\n", language);
    strbuf_add(out, text);
    if (text.len == 0 || text.ptr[text.len - 1] != '\n')
        strbuf_add_char(out, '\n');
    strbuf_add_repeat(out, '`', fence);
    strbuf_add_char(out, '\n');
}

/* Returns the number of characters of valid UTF-8. */
static size_t count_characters(Str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

/* Returns false if the text does not fit. */
static bool add_below(MarkdownPage *page, size_t limit, Str text) {
    size_t length = count_characters(text);
    if (limit != SIZE_MAX && page->length + length + TAIL_RESERVE > limit)
        return false;
    strbuf_add(page->out, text);
    page->length += length;
    return true;
}

static bool add_if_fits(MarkdownPage *page, Str text) {
    return add_below(page, page->limit, text);
}

static Str message_text(const Diag *diag, Arena *scratch) {
    StrBuf text = strbuf_new(scratch);
    Str place = report_text_place(diag->range, scratch);
    strbuf_add_format(&text, "<details><summary>%s ",
                      diag->severity == DIAG_ERROR ? "❌ Error:" : "⚠️ Warning:");
    add_code(&text, diag->summary);
    strbuf_add_cstr(&text, "</summary>\n\n");
    StrBuf inner = strbuf_new(scratch);
    if (diag->address.len > 0)
        strbuf_add_format(&inner, "with %.*s\n", STR_ARG(diag->address));
    if (place.len > 0)
        strbuf_add_format(&inner, "on %.*s\n", STR_ARG(place));
    if (inner.len > 0)
        strbuf_add_char(&inner, '\n');
    strbuf_add(&inner, diag->detail);
    add_fenced(&text, "", strbuf_str(&inner));
    strbuf_add_cstr(&text, "\n</details>\n\n");
    return strbuf_str(&text);
}

static void add_messages(MarkdownPage *page, DiagSeverity severity) {
    const Diags *diags = page->input->diags;
    for (size_t i = 0; diags && i < diags->count; i++) {
        SCOPED(ArenaRef) scratch = arena_open("message");
        if (diags->items[i].severity == severity &&
            !add_if_fits(page, message_text(&diags->items[i], scratch)))
            page->left_out++;
    }
}

/* The part of an entry that stays visible when folded: the outcome after an apply, and effects
 * beyond attributes. */
static void markdown_add_title(const MarkdownPage *page, const RenderGroup *group, StrBuf *out,
                               Arena *scratch) {
    ReportOutcome outcome;
    size_t count = group->changes.count;
    bool has_run = report_outcome_find(&page->outcomes, group->changes.items, count, &outcome);
    Str title = has_run ? resource_addr_to_str(group->first->address, scratch)
                        : render_title_of_change(group->first, scratch);
    if (count > 1)
        title = str_format(scratch, "%.*s, and %zu more similar ones", STR_ARG(title), count - 1);
    if (has_run)
        strbuf_add_cstr(out, report_outcome_is_good(&outcome) ? "✅ " : "❌ ");
    add_code(out, title);
    if (has_run)
        strbuf_add_format(out, " %.*s", STR_ARG(report_outcome_text(&outcome, scratch)));
    StrVec facts = report_outcome_facts(group->first, scratch);
    vec_each(&facts, fact) {
        strbuf_add_cstr(out, has_run || fact != facts.items ? ", " : " ");
        markdown_add_text(out, *fact);
    }
}

static Str group_text(const MarkdownPage *page, const RenderGroup *group, Arena *scratch) {
    StrBuf body = strbuf_new(scratch);
    RenderPen pen = {.out = &body, .scratch = scratch};
    render_title_reasons(&pen, group->first);
    render_title_others(&pen, group->changes.items, group->changes.count);
    render_group_text(group, page->style, &body, scratch);
    StrBuf text = strbuf_new(scratch);
    strbuf_add_cstr(&text, "<details><summary>");
    markdown_add_title(page, group, &text, scratch);
    strbuf_add_cstr(&text, "</summary>\n\n");
    add_fenced(&text, "diff", strbuf_str(&body));
    strbuf_add_cstr(&text, "\n</details>\n\n");
    return strbuf_str(&text);
}

static Str group_line(const MarkdownPage *page, const RenderGroup *group, Arena *scratch) {
    StrBuf text = strbuf_new(scratch);
    strbuf_add_cstr(&text, "- ");
    markdown_add_title(page, group, &text, scratch);
    strbuf_add_char(&text, '\n');
    return strbuf_str(&text);
}

static void markdown_add_group(MarkdownPage *page, const RenderGroup *group, bool *has_room) {
    SCOPED(ArenaRef) scratch = arena_open("change");
    if (*has_room && add_below(page, page->detail_limit, group_text(page, group, scratch)))
        return;
    *has_room = false; /* later changes are no more destructive: only lines from here on */
    if (add_if_fits(page, group_line(page, group, scratch)))
        page->without_details += group->changes.count;
    else
        page->left_out += group->changes.count;
}

static size_t count_in(const MarkdownPage *page, ReportSection section) {
    size_t count = 0;
    vec_each(&page->groups, group) {
        if (report_section_of((*group)->first) == section)
            count += (*group)->changes.count;
    }
    return count;
}

static void add_section(MarkdownPage *page, ReportSection section, bool *has_room) {
    size_t count = count_in(page, section);
    if (count == 0)
        return;
    const ReportSectionRow *row = &report_sections[section];
    if (!add_if_fits(page, str_format(page->scratch, "### %s (%zu)\n\n", row->title, count))) {
        page->left_out += count;
        return;
    }
    vec_each(&page->groups, group) {
        if (report_section_of((*group)->first) == section)
            markdown_add_group(page, *group, has_room);
    }
    (void)add_if_fits(page, STR("\n"));
}

static Str drift_text(const MarkdownPage *page, const RenderDrift *drift, bool is_first,
                      Arena *scratch) {
    StrBuf body = strbuf_new(scratch);
    StrBuf text = strbuf_new(scratch);
    render_text_drift(drift, page->style, &body, scratch);
    if (is_first)
        strbuf_add_cstr(&text, "### Changed outside of loam\n\n");
    strbuf_add_cstr(&text, "<details><summary>");
    add_code(&text, render_title_of_drift(&drift->drift, scratch));
    strbuf_add_cstr(&text, "</summary>\n\n");
    add_fenced(&text, "diff", strbuf_str(&body));
    strbuf_add_cstr(&text, "\n</details>\n\n");
    return strbuf_str(&text);
}

static void markdown_add_drift(MarkdownPage *page, bool *has_room) {
    RenderDrifts drifts = render_drift_find(page->input->plan, page->scratch);
    for (size_t i = 0; i < drifts.count; i++) {
        SCOPED(ArenaRef) scratch = arena_open("drift");
        *has_room =
            *has_room && add_if_fits(page, drift_text(page, &drifts.items[i], i == 0, scratch));
        page->left_out += !*has_room;
    }
}

static void markdown_add_outputs(MarkdownPage *page) {
    StrBuf body = strbuf_new(page->scratch);
    vec_each(&page->input->plan->outputs, output) {
        if (output->action != ACTION_NO_OP)
            render_text_output(output, page->style, &body, page->scratch);
    }
    if (body.len == 0)
        return;
    StrBuf text = strbuf_new(page->scratch);
    strbuf_add_cstr(&text, "### Outputs\n\n<details>");
    strbuf_add_format(&text, "<summary>%s values</summary>\n\n",
                      page->input->timeline ? "New" : "Planned");
    add_fenced(&text, "diff", strbuf_str(&body));
    strbuf_add_cstr(&text, "\n</details>\n\n");
    if (!add_if_fits(page, strbuf_str(&text)))
        page->left_out++;
}

static void add_table(MarkdownPage *page) {
    StrBuf text = strbuf_new(page->scratch);
    for (size_t i = 0; i < REPORT_SECTION_COUNT; i++) {
        size_t count = count_in(page, (ReportSection)i);
        if (count == 0)
            continue;
        if (text.len == 0)
            strbuf_add_cstr(&text, "| | | objects |\n|---|---|---:|\n");
        strbuf_add_format(&text, "| `%s` | %s | %zu |\n", report_sections[i].glyph,
                          report_sections[i].title, count);
    }
    strbuf_add_char(&text, '\n');
    (void)add_if_fits(page, strbuf_str(&text));
}

static void markdown_add_head(MarkdownPage *page) {
    const ReportInput *input = page->input;
    const Diags *diags = input->diags;
    StrBuf text = strbuf_new(page->scratch);
    strbuf_add_format(&text, "## loam: %.*s\n\n", STR_ARG(input->title));
    if (input->plan && !str_equal(input->plan->workspace, STR("default")) &&
        input->plan->workspace.len > 0) {
        strbuf_add_cstr(&text, "Workspace ");
        add_code(&text, input->plan->workspace);
        strbuf_add_cstr(&text, "\n\n");
    }
    strbuf_add_format(&text, "**%.*s**", STR_ARG(report_text_summary(input, page->scratch)));
    if (diags && diags->error_count + diags->warning_count > 0)
        strbuf_add_format(&text, " Errors: %zu, warnings: %zu.", diags->error_count,
                          diags->warning_count);
    strbuf_add_cstr(&text, "\n\n");
    (void)add_if_fits(page, strbuf_str(&text));
}

static void add_tail(MarkdownPage *page) {
    if (page->without_details)
        strbuf_add_format(page->out,
                          "\n"
                          "%zu changes are shown without details, because a comment can have only "
                          "%zu characters.\n",
                          page->without_details, page->limit);
    if (page->left_out)
        strbuf_add_format(
            page->out,
            "\n"
            "**%zu entries are omitted**, because a comment can have only %zu characters. The "
            "table above lists their kinds; the report of kind \"html\" has all of them.\n",
            page->left_out, page->limit);
}

static void add_all(MarkdownPage *page) {
    const Plan *plan = page->input->plan;
    bool has_room = true;
    markdown_add_head(page);
    if (plan)
        add_table(page);
    add_messages(page, DIAG_ERROR);
    add_messages(page, DIAG_WARNING);
    for (size_t i = 0; plan && i < REPORT_SECTION_COUNT; i++)
        add_section(page, (ReportSection)i, &has_room);
    if (plan) {
        markdown_add_drift(page, &has_room);
        markdown_add_outputs(page);
    }
    add_tail(page);
}

static void markdown_write_report(const ReportInput *input, StrBuf *out, Arena *scratch) {
    StrBuf text = strbuf_new(scratch);
    MarkdownPage page = {.input = input, .out = &text, .scratch = scratch};
    page.limit = page.detail_limit = input->size_limit ? input->size_limit : SIZE_MAX;
    page.style = (RenderStyle){.markup = MARKUP_SIGNS, .is_past = input->timeline != NULL};
    page.outcomes = report_outcome_collect(input->timeline, scratch);
    if (input->plan) {
        page.style.secrets = render_secret_of_plan(input->plan, scratch);
        page.groups = render_group_find(input->plan, page.style, scratch);
    }
    add_all(&page);
    if (page.without_details + page.left_out > 0) {
        text = strbuf_new(scratch);
        page.length = page.without_details = page.left_out = 0;
        page.detail_limit = page.limit / 3 * 2;
        add_all(&page);
    }
    strbuf_add(out, strbuf_str(&text));
}

const ReportKind report_markdown = {
    .name = "markdown",
    .help =
        "A comment for a merge request: a summary, then every change, folded, most severe first.",
    .write = markdown_write_report,
};
