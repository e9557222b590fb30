/* report_timeline: a drawing of the run: one row for each operation, or lanes if there are many;
 * the critical path as a table. */
#include "html.h"
#include "plans_report_assets.h"
#include "report_page.h"
#include "utf8.h"

#define ROWS_MAX     400  /* above this, lanes */
#define WIDTH        1400 /* of the drawing, in units */
#define LABEL_MAX    60   /* characters left of the bars, when each has its row */
#define LETTER_WIDTH 6.7
#define ROW_HEIGHT   20
#define AXIS_HEIGHT  24
#define TICKS        10

typedef struct Drawing {
    const Timeline *timeline;
    StrBuf *out;
    Arena *scratch;
    bool has_lanes;
    size_t *lane_of;
    size_t lane_count;
    double left;
    double scale; /* units a millisecond */
} Drawing;

/* More precise than clock_format_elapsed, as runs are short. */
static Str report_timeline_duration(int64_t ms, Arena *arena) {
    if (ms < 1000)
        return str_format(arena, "%lld ms", (long long)ms);
    if (ms < 60000)
        return str_format(arena, "%.1f s", (double)ms / 1000);
    return str_format(arena, "%lld min %lld s", (long long)(ms / 60000),
                      (long long)(ms / 1000 % 60));
}

static double x_of(const Drawing *drawing, int64_t ms) {
    return drawing->left + (double)ms * drawing->scale;
}

static double y_of(const Drawing *drawing, size_t row) {
    return AXIS_HEIGHT + (double)drawing->lane_of[row] * ROW_HEIGHT + 3;
}

static const char *class_of(const TimelineRow *row) {
    switch (row->action) {
    case ACTION_DELETE: return "destroy";
    case ACTION_CREATE:
    case ACTION_DELETE_THEN_CREATE:
    case ACTION_CREATE_THEN_DELETE:
    case ACTION_FORGET_THEN_CREATE: return "create";
    case ACTION_UPDATE: return "update";
    case ACTION_READ: return "read";
    case ACTION_NO_OP:
    case ACTION_FORGET: break;
    }
    return "other";
}

static Str verb_of(const TimelineRow *row) {
    if (row->kind == TIMELINE_PROVISION)
        return row->what;
    if (row->kind == TIMELINE_READ)
        return STR("read");
    return action_is_replace(row->action) ? STR("create") : str_from_cstr(action_name(row->action));
}

/* 1, 2 or 5 times a power of ten; at most TICKS of them. */
static int64_t tick_ms(int64_t length_ms) {
    static const int64_t STEPS[] = {1, 2, 5};
    for (int64_t power = 1;; power *= 10) {
        for (size_t i = 0; i < ARRAY_COUNT(STEPS); i++) {
            if (length_ms / (STEPS[i] * power) < TICKS)
                return STEPS[i] * power;
        }
    }
}

static void add_axis(Drawing *drawing) {
    double bottom = AXIS_HEIGHT + (double)drawing->lane_count * ROW_HEIGHT;
    int64_t step = tick_ms(drawing->timeline->length_ms);
    for (int64_t ms = 0; ms <= drawing->timeline->length_ms; ms += step) {
        double x = x_of(drawing, ms);
        Str text = report_timeline_duration(ms, drawing->scratch);
        double width = (double)utf8_display_width(text) * LETTER_WIDTH;
        bool fits = x + 2 + width <= WIDTH;
        strbuf_add_format(drawing->out,
                          "<line class=\"axis\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.0f\"/>"
                          "<text class=\"scale\"%s x=\"%.1f\" y=\"14\">%.*s</text>\n",
                          x, AXIS_HEIGHT - 4, x, bottom, fits ? "" : " text-anchor=\"end\"",
                          fits ? x + 2 : x - 2, STR_ARG(text));
    }
}

static void report_timeline_add_title(Drawing *drawing, const TimelineRow *row) {
    StrBuf *out = drawing->out;
    strbuf_add_cstr(out, "<title>");
    html_add(out, row->address);
    if (row->deposed.len > 0)
        strbuf_add_format(out, " (deposed %.*s)", STR_ARG(html_of(row->deposed, drawing->scratch)));
    strbuf_add_cstr(out, "\n");
    html_add(out, verb_of(row));
    Str from = report_timeline_duration(row->start_ms, drawing->scratch);
    Str took = report_timeline_duration(row->end_ms - row->start_ms, drawing->scratch);
    strbuf_add_format(out, " from %.*s on, took %.*s", STR_ARG(from), STR_ARG(took));
    if (row->failed)
        strbuf_add_cstr(out, ", failed");
    if (row->is_open)
        strbuf_add_cstr(out, ", did not end");
    if (row->waited_for != TIMELINE_NONE) {
        strbuf_add_cstr(out, "\nwaited for ");
        html_add(out, drawing->timeline->rows.items[row->waited_for].address);
        if (row->waits > 1)
            strbuf_add_format(out, ", the last of %zu blocks", row->waits);
    }
    if (row->turn_after != TIMELINE_NONE) {
        strbuf_add_cstr(out, "\n"
                             "started when this ended: ");
        html_add(out, drawing->timeline->rows.items[row->turn_after].address);
    }
    strbuf_add_cstr(out, "</title>");
}

static void add_rect(Drawing *drawing, size_t i, const char *kind) {
    const TimelineRow *row = &drawing->timeline->rows.items[i];
    double width = (double)(row->end_ms - row->start_ms) * drawing->scale;
    bool is_inner = row->kind == TIMELINE_PROVISION;
    strbuf_add_format(drawing->out,
                      "<rect%s x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>", kind,
                      x_of(drawing, row->start_ms), y_of(drawing, i) + (is_inner ? 9 : 0),
                      width < 2 ? 2.0 : width, is_inner ? 5 : ROW_HEIGHT - 6);
}

/* Long addresses lose their beginning: the end identifies the object. */
static Str report_timeline_label_of(const TimelineRow *row, Arena *arena) {
    Str verb = verb_of(row);
    Str address = row->address;
    size_t room = LABEL_MAX - 1 - verb.len;
    size_t width = utf8_display_width(address);
    if (width <= room)
        return str_format(arena, "%.*s %.*s", STR_ARG(verb), STR_ARG(address));
    while (width >= room) {
        size_t end = utf8_grapheme_end(address, 0);
        width -= utf8_display_width(str_slice(address, 0, end));
        address = str_after(address, end);
    }
    return str_format(arena, "%.*s …%.*s", STR_ARG(verb), STR_ARG(address));
}

static double label_width(const Drawing *drawing) {
    size_t longest = 0;
    vec_each(&drawing->timeline->rows, row) {
        size_t length = utf8_display_width(report_timeline_label_of(row, drawing->scratch));
        longest = length > longest ? length : longest;
    }
    return (double)longest * LETTER_WIDTH + 16;
}

static void report_timeline_add_label(Drawing *drawing, size_t i) {
    const TimelineRow *row = &drawing->timeline->rows.items[i];
    double width = (double)(row->end_ms - row->start_ms) * drawing->scale;
    if (row->kind == TIMELINE_PROVISION)
        return;
    if (!drawing->has_lanes) {
        Str label = report_timeline_label_of(row, drawing->scratch);
        strbuf_add_format(drawing->out, "<text x=\"4\" y=\"%.1f\">", y_of(drawing, i) + 11);
        html_add(drawing->out, label);
        strbuf_add_cstr(drawing->out, "</text>");
    } else if (width > (double)row->address.len * LETTER_WIDTH + 8) {
        strbuf_add_format(drawing->out, "<text x=\"%.1f\" y=\"%.1f\">",
                          x_of(drawing, row->start_ms) + 4, y_of(drawing, i) + 11);
        html_add(drawing->out, row->address);
        strbuf_add_cstr(drawing->out, "</text>");
    }
}

static void add_operation(Drawing *drawing, size_t i) {
    const TimelineRow *row = &drawing->timeline->rows.items[i];
    strbuf_add_format(drawing->out, "<g class=\"op %s%s%s\" tabindex=\"0\" data-row=\"%zu\"",
                      class_of(row), row->is_critical ? " critical" : "",
                      row->failed || row->is_open ? " failed" : "", i);
    size_t before = row->turn_after != TIMELINE_NONE ? row->turn_after : row->waited_for;
    if (before != TIMELINE_NONE)
        strbuf_add_format(drawing->out, " data-wait=\"%zu\"", before);
    strbuf_add_char(drawing->out, '>');
    report_timeline_add_title(drawing, row);
    add_rect(drawing, i, row->kind == TIMELINE_PROVISION ? " class=\"inner\"" : "");
    report_timeline_add_label(drawing, i);
    strbuf_add_cstr(drawing->out, "</g>\n");
}

/* A line from the end of an operation to the start of the one that waited for it. */
static void add_wait(Drawing *drawing, size_t from, size_t to) {
    const TimelineRow *rows = drawing->timeline->rows.items;
    double x1 = x_of(drawing, rows[from].end_ms), y1 = y_of(drawing, from) + 7;
    double x2 = x_of(drawing, rows[to].start_ms), y2 = y_of(drawing, to) + 7;
    bool is_turn = rows[to].turn_after != TIMELINE_NONE;
    strbuf_add_format(drawing->out, "<path class=\"wait%s\" d=\"M%.1f %.1fV%.1fH%.1f\"/>\n",
                      is_turn ? " queue" : "", x1, y1, y2, x2);
}

/* Assigns rows to as few lanes as possible and returns their number. A provisioner shares the lane
 * of its object. */
static size_t assign_lanes(const Timeline *timeline, size_t *lane_of, Arena *scratch) {
    VEC(int64_t) free_at = {0};
    Map lane_of_object = map_new(scratch);
    for (size_t i = 0; i < timeline->rows.count; i++) {
        const TimelineRow *row = &timeline->rows.items[i];
        uintptr_t owner = (uintptr_t)map_find(&lane_of_object, row->address);
        if (row->kind == TIMELINE_PROVISION && owner) {
            lane_of[i] = (size_t)owner - 1;
            continue;
        }
        size_t lane = 0;
        while (lane < free_at.count && free_at.items[lane] > row->start_ms)
            lane++;
        if (lane == free_at.count)
            vec_push(scratch, &free_at, 0);
        free_at.items[lane] = row->end_ms;
        lane_of[i] = lane;
        map_set(&lane_of_object, row->address, (void *)(uintptr_t)(lane + 1));
    }
    return free_at.count;
}

static void place_rows(Drawing *drawing) {
    const Timeline *timeline = drawing->timeline;
    drawing->lane_of = arena_new_array(drawing->scratch, size_t, timeline->rows.count);
    drawing->has_lanes = timeline->rows.count > ROWS_MAX;
    if (drawing->has_lanes) {
        drawing->lane_count = assign_lanes(timeline, drawing->lane_of, drawing->scratch);
        return;
    }
    Map row_of = map_new(drawing->scratch);
    for (size_t i = 0; i < timeline->rows.count; i++) {
        const TimelineRow *row = &timeline->rows.items[i];
        uintptr_t owner = (uintptr_t)map_find(&row_of, row->address);
        bool is_inner = row->kind == TIMELINE_PROVISION && owner;
        drawing->lane_of[i] = is_inner ? (size_t)owner - 1 : drawing->lane_count++;
        map_set(&row_of, row->address, (void *)(uintptr_t)(drawing->lane_of[i] + 1));
    }
}

static void add_drawing(Drawing *drawing) {
    const Timeline *timeline = drawing->timeline;
    place_rows(drawing);
    drawing->left = drawing->has_lanes ? 10 : label_width(drawing);
    int64_t length = timeline->length_ms > 0 ? timeline->length_ms : 1;
    drawing->scale = (WIDTH - drawing->left - 10) / (double)length;
    double height = AXIS_HEIGHT + (double)drawing->lane_count * ROW_HEIGHT + 6;
    strbuf_add_format(drawing->out,
                      "<div class=\"gantt\">\n"
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" "
                      "role=\"img\" aria-label=\"Timeline of operations\">\n",
                      WIDTH, height);
    add_axis(drawing);
    for (size_t i = 0; i < timeline->rows.count; i++)
        add_operation(drawing, i);
    for (size_t i = 1; i < timeline->critical.count; i++)
        add_wait(drawing, timeline->critical.items[i - 1], timeline->critical.items[i]);
    strbuf_add_cstr(drawing->out, "</svg>\n</div>\n");
}

static void add_cells(Drawing *drawing, const TimelineRow *row, const char *why) {
    StrBuf *out = drawing->out;
    int64_t took_ms = row->end_ms - row->start_ms;
    int64_t whole = drawing->timeline->length_ms > 0 ? drawing->timeline->length_ms : 1;
    Str from = report_timeline_duration(row->start_ms, drawing->scratch);
    Str took = report_timeline_duration(took_ms, drawing->scratch);
    strbuf_add_cstr(out, "<tr><td>");
    html_add(out, verb_of(row));
    strbuf_add_cstr(out, "</td><td><code>");
    html_add(out, row->address);
    strbuf_add_format(out,
                      "</code>%s</td><td class=\"n\">%.*s</td><td class=\"n\">%.*s</td>"
                      "<td class=\"n\">%.0f %%</td><td>%s</td></tr>\n",
                      row->failed ? " failed" : "", STR_ARG(from), STR_ARG(took),
                      100.0 * (double)took_ms / (double)whole, why);
}

static void open_table(StrBuf *out, const char *title) {
    strbuf_add_format(out,
                      "<h2>%s</h2>\n"
                      "<table>\n"
                      "<tr><th></th><th>object</th><th class=\"n\">start</th><th "
                      "class=\"n\">duration</th><th class=\"n\">of the run</th><th></th></tr>\n",
                      title);
}

static const char *why_then(const TimelineRow *row) {
    if (row->turn_after != TIMELINE_NONE)
        return "free slot";
    return row->waited_for != TIMELINE_NONE ? "depends on it" : "first";
}

static void add_critical(Drawing *drawing) {
    const Timeline *timeline = drawing->timeline;
    if (timeline->critical.count == 0)
        return;
    open_table(drawing->out, "The critical path");
    vec_each(&timeline->critical, index) {
        add_cells(drawing, &timeline->rows.items[*index], why_then(&timeline->rows.items[*index]));
    }
    strbuf_add_cstr(drawing->out,
                    "</table>\n"
                    "<p class=\"dim\">Each operation started when the one above it ended: it "
                    "depends on it, or had to wait for a free slot (-parallelism, or a limit of "
                    "the provider). Only a shorter operation in this list shortens the run.</p>\n");
}

static int compare_length(const void *a, const void *b) {
    const TimelineRow *left = *(const TimelineRow *const *)a;
    const TimelineRow *right = *(const TimelineRow *const *)b;
    int64_t left_ms = left->end_ms - left->start_ms, right_ms = right->end_ms - right->start_ms;
    if (left_ms != right_ms)
        return left_ms > right_ms ? -1 : 1;
    return left < right ? -1 : left > right;
}

static void add_longest(Drawing *drawing) {
    const Timeline *timeline = drawing->timeline;
    size_t count = timeline->rows.count;
    const TimelineRow **order = arena_new_array(drawing->scratch, const TimelineRow *, count);
    for (size_t i = 0; i < count; i++)
        order[i] = &timeline->rows.items[i];
    if (count > 1)
        qsort(order, count, sizeof(*order), compare_length);
    open_table(drawing->out, "Longest operations");
    for (size_t i = 0; i < count && i < 10; i++)
        add_cells(drawing, order[i], "");
    strbuf_add_cstr(drawing->out, "</table>\n");
}

static size_t report_timeline_count_operations(const Timeline *timeline) {
    size_t count = 0;
    vec_each(&timeline->rows, row) {
        count += row->kind != TIMELINE_PROVISION;
    }
    return count;
}

/* Returns the average number of operations that ran at once. */
static double report_timeline_parallelism_of(const Timeline *timeline) {
    int64_t sum = 0;
    vec_each(&timeline->rows, row) {
        if (row->kind != TIMELINE_PROVISION)
            sum += row->end_ms - row->start_ms;
    }
    return timeline->length_ms > 0 ? (double)sum / (double)timeline->length_ms : 0;
}

static void report_timeline_write_report(const ReportInput *input, StrBuf *out, Arena *scratch) {
    static const Timeline none;
    Drawing drawing = {.timeline = input->timeline ? input->timeline : &none, .out = out};
    drawing.scratch = scratch;
    const Timeline *timeline = drawing.timeline;
    Str length = report_timeline_duration(timeline->length_ms, scratch);
    report_page_open(input, ", timeline", out, scratch);
    strbuf_add_format(out,
                      "<div>%zu operations in %.*s, %.1f at once on average.</div>\n"
                      "<div class=\"bar\"><input type=\"search\" placeholder=\"Search\" "
                      "aria-label=\"Search\"> <span class=\"dim\">Point at an operation, or step "
                      "to it with Tab, to see which operation it waited for.</span></div>\n"
                      "<div id=\"note\" class=\"dim\" role=\"status\"></div>\n"
                      "</header>\n"
                      "<main>\n",
                      report_timeline_count_operations(timeline), STR_ARG(length),
                      report_timeline_parallelism_of(timeline));
    report_page_add_messages(input->diags, out, scratch);
    strbuf_add_cstr(out, "<h2>Timeline</h2>\n");
    if (timeline->rows.count == 0)
        strbuf_add_cstr(out, "<p>No operation was started.</p>\n");
    else
        add_drawing(&drawing);
    add_critical(&drawing);
    if (timeline->rows.count > 0)
        add_longest(&drawing);
    strbuf_add_cstr(out, "</main>\n");
    report_page_close(report_timeline_js, out);
}

const ReportKind report_timeline = {
    .name = "timeline",
    .help = "After an apply: a page with the timeline of the operations, their dependencies and "
            "the critical path.",
    .of_runs = true,
    .write = report_timeline_write_report,
};
