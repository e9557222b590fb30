/* timeline: waits and the critical path of a run. */
#include "timeline.h"

/* The rows of one block: in order of their end. */
typedef struct Group {
    VEC(size_t) rows;
    VEC(Str) users; /* blocks that depend on it */
} Group;

typedef struct Link {
    Timeline *timeline;
    Group all;
    Map groups;       /* block → Group */
    Map dependencies; /* block → ResourceChange */
    Arena *arena;
} Link;

static Group *group_of(Link *link, Str block) {
    Group *group = map_find(&link->groups, block);
    if (!group) {
        group = arena_new(link->arena, Group);
        map_set(&link->groups, block, group);
    }
    return group;
}

static void timeline_add_change(Link *link, const ResourceChange *change) {
    Str block = resource_addr_to_config_str(change->address, link->arena);
    if (map_has(&link->dependencies, block))
        return;
    map_set(&link->dependencies, block, (void *)change);
    for (size_t i = 0; i < change->dependency_count; i++)
        vec_push(link->arena, &group_of(link, change->dependencies[i])->users, block);
}

/* qsort has no payload, so each item carries its sort key. */
typedef struct Ended {
    int64_t end_ms;
    size_t row;
} Ended;

static int compare_ended(const void *a, const void *b) {
    const Ended *left = a;
    const Ended *right = b;
    if (left->end_ms != right->end_ms)
        return left->end_ms < right->end_ms ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

static void group_rows(Link *link) {
    const Timeline *timeline = link->timeline;
    Ended *order = arena_new_array(link->arena, Ended, timeline->rows.count);
    size_t count = 0;
    for (size_t i = 0; i < timeline->rows.count; i++) {
        if (timeline->rows.items[i].kind != TIMELINE_PROVISION)
            order[count++] = (Ended){timeline->rows.items[i].end_ms, i};
    }
    if (count > 1)
        qsort(order, count, sizeof(*order), compare_ended);
    for (size_t i = 0; i < count; i++) {
        vec_push(link->arena, &link->all.rows, order[i].row);
        Str block = timeline->rows.items[order[i].row].block;
        vec_push(link->arena, &group_of(link, block)->rows, order[i].row);
    }
}

/* The last of the group's rows that had ended when `row` began. */
static size_t last_before(const Link *link, const Group *group, size_t row) {
    const TimelineRow *rows = link->timeline->rows.items;
    size_t low = 0, high = group->rows.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rows[group->rows.items[middle]].end_ms <= rows[row].start_ms)
            low = middle + 1;
        else
            high = middle;
    }
    while (low > 0 && group->rows.items[low - 1] >= row)
        low--; /* began at the same instant, not earlier */
    return low ? group->rows.items[low - 1] : TIMELINE_NONE;
}

static void consider(Link *link, Str block, size_t row) {
    TimelineRow *rows = link->timeline->rows.items;
    const Group *group = map_find(&link->groups, block);
    size_t found = group ? last_before(link, group, row) : TIMELINE_NONE;
    if (found == TIMELINE_NONE)
        return;
    rows[row].waits++;
    size_t known = rows[row].waited_for;
    if (known == TIMELINE_NONE || rows[found].end_ms > rows[known].end_ms)
        rows[row].waited_for = found;
}

/* Links the row to an earlier operation on the same object, such as the deletion of a
 * replacement. */
static void consider_itself(Link *link, Map *last, size_t row) {
    TimelineRow *rows = link->timeline->rows.items;
    size_t before = (size_t)(uintptr_t)map_find(last, rows[row].address);
    if (before && !rows[before - 1].is_open && rows[before - 1].end_ms <= rows[row].start_ms)
        rows[row].waited_for = before - 1;
    map_set(last, rows[row].address, (void *)(uintptr_t)(row + 1));
}

/* A deletion waits for its dependents, every other operation for its dependencies. */
static void link_row(Link *link, size_t row) {
    const TimelineRow *self = &link->timeline->rows.items[row];
    const Group *group = map_find(&link->groups, self->block);
    const ResourceChange *change = map_find(&link->dependencies, self->block);
    if (self->action == ACTION_DELETE) {
        for (size_t i = 0; group && i < group->users.count; i++)
            consider(link, group->users.items[i], row);
        return;
    }
    for (size_t i = 0; change && i < change->dependency_count; i++)
        consider(link, change->dependencies[i], row);
}

#define TURN_MS 2 /* a shorter wait counts as none */

static void find_turn(Link *link, size_t row) {
    TimelineRow *rows = link->timeline->rows.items;
    size_t waited_for = rows[row].waited_for;
    int64_t ready_ms = waited_for == TIMELINE_NONE ? 0 : rows[waited_for].end_ms;
    if (rows[row].start_ms - ready_ms <= TURN_MS)
        return;
    size_t last = last_before(link, &link->all, row);
    if (last != TIMELINE_NONE && rows[last].end_ms > ready_ms)
        rows[row].turn_after = last;
}

static size_t last_row(const Timeline *timeline) {
    size_t last = TIMELINE_NONE;
    for (size_t i = 0; i < timeline->rows.count; i++) {
        const TimelineRow *row = &timeline->rows.items[i];
        if (row->kind == TIMELINE_PROVISION)
            continue;
        if (last == TIMELINE_NONE || row->end_ms >= timeline->rows.items[last].end_ms)
            last = i;
    }
    return last;
}

static void find_critical(Timeline *timeline, Arena *arena) {
    VEC(size_t) backwards = {0};
    for (size_t at = last_row(timeline); at != TIMELINE_NONE;) {
        TimelineRow *row = &timeline->rows.items[at];
        row->is_critical = true;
        vec_push(arena, &backwards, at);
        at = row->turn_after != TIMELINE_NONE ? row->turn_after : row->waited_for;
    }
    for (size_t i = backwards.count; i-- > 0;)
        vec_push(arena, &timeline->critical, backwards.items[i]);
}

void timeline_link(Timeline *timeline, const Plan *plan, Arena *arena) {
    Link link = {.timeline = timeline, .arena = arena};
    link.groups = map_new(arena);
    link.dependencies = map_new(arena);
    Map last = map_new(arena);
    vec_each(&plan->changes, change) {
        timeline_add_change(&link, change);
    }
    group_rows(&link);
    vec_clear(&timeline->critical);
    for (size_t i = 0; i < timeline->rows.count; i++) {
        TimelineRow *row = &timeline->rows.items[i];
        row->waited_for = row->turn_after = TIMELINE_NONE;
        row->waits = 0;
        if (row->kind == TIMELINE_PROVISION)
            continue;
        consider_itself(&link, &last, i);
        link_row(&link, i);
        find_turn(&link, i);
    }
    find_critical(timeline, arena);
}
