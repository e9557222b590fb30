/* report_outcome: joins the operations of a run with the planned changes. */
#include "report_outcome.h"

/* The operations on one object together: a replacement has two. */
typedef struct Operations {
    int64_t took_ms;
    bool failed;
    bool is_open;
} Operations;

static Str outcome_key_of(Str address, Str deposed, Arena *arena) {
    return str_format(arena, "%.*s %.*s", STR_ARG(address), STR_ARG(deposed));
}

ReportOutcomes report_outcome_collect(const Timeline *timeline, Arena *arena) {
    ReportOutcomes outcomes = {timeline, map_new(arena), arena};
    for (size_t i = 0; timeline && i < timeline->rows.count; i++) {
        const TimelineRow *row = &timeline->rows.items[i];
        if (row->kind == TIMELINE_PROVISION)
            continue;
        Str key = outcome_key_of(row->address, row->deposed, arena);
        Operations *operations = map_find(&outcomes.found, key);
        if (!operations) {
            operations = arena_new(arena, Operations);
            map_set(&outcomes.found, key, operations);
        }
        operations->took_ms += row->end_ms - row->start_ms;
        operations->failed |= row->failed;
        operations->is_open |= row->is_open;
    }
    return outcomes;
}

bool report_outcome_is_operation(Action action) {
    return action != ACTION_NO_OP && action != ACTION_FORGET;
}

bool report_outcome_find(const ReportOutcomes *outcomes, const ResourceChange *const *changes,
                         size_t count, ReportOutcome *out) {
    *out = (ReportOutcome){0};
    SCOPED(ArenaRef) scratch = arena_open("outcome");
    for (size_t i = 0; outcomes->timeline && i < count; i++) {
        Str address = resource_addr_to_str(changes[i]->address, scratch);
        const Operations *operations =
            map_find(&outcomes->found, outcome_key_of(address, changes[i]->deposed, scratch));
        if (!operations) {
            out->not_begun += report_outcome_is_operation(changes[i]->action);
            continue;
        }
        out->failed += operations->failed;
        out->cut += !operations->failed && operations->is_open;
        out->done += !operations->failed && !operations->is_open;
        if (operations->took_ms > out->took_ms)
            out->took_ms = operations->took_ms;
    }
    return out->done + out->failed + out->cut + out->not_begun > 0;
}

bool report_outcome_is_good(const ReportOutcome *outcome) {
    return outcome->failed + outcome->cut + outcome->not_begun == 0;
}

static Str outcome_duration(int64_t ms, Arena *arena) {
    if (ms < 100)
        return str_format(arena, "%lld ms", (long long)ms);
    return str_format(arena, "%.1f s", (double)ms / 1000);
}

Str report_outcome_text(const ReportOutcome *outcome, Arena *arena) {
    const struct {
        size_t count;
        const char *name;
    } parts[] = {
        {outcome->done, "done"},
        {outcome->failed, "failed"},
        {outcome->cut, "did not end"},
        {outcome->not_begun, "not started"},
    };
    size_t all = outcome->done + outcome->failed + outcome->cut + outcome->not_begun;
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (parts[i].count == 0)
            continue;
        if (text.len > 0)
            strbuf_add_cstr(&text, ", ");
        if (all > 1)
            strbuf_add_format(&text, "%zu ", parts[i].count);
        strbuf_add_cstr(&text, parts[i].name);
    }
    if (outcome->not_begun < all)
        strbuf_add_format(&text, "%s%.*s", all > 1 ? ", each within " : " after ",
                          STR_ARG(outcome_duration(outcome->took_ms, arena)));
    return strbuf_str(&text);
}

StrVec report_outcome_facts(const ResourceChange *change, Arena *arena) {
    StrVec facts = {0};
    vec_each(&change->notes, note) {
        bool is_known = false;
        for (size_t i = 0; i < facts.count; i++)
            is_known |= str_equal(facts.items[i], note->text);
        if (!is_known)
            vec_push(arena, &facts, note->text);
    }
    return facts;
}
