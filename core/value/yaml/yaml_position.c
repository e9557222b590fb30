/* yaml_position: follows a path through libyaml's events. */
#include "yaml_position.h"

#include "yaml_event.h"

#define DEPTH_MAX 200 /* as for values, which a deeper text never becomes */

typedef struct YamlSearch {
    yaml_parser_t parser;
    Path path;
    YamlPosition found;
} YamlSearch;

static void yaml_search_release(YamlSearch *search) {
    yaml_parser_delete(&search->parser);
}
SCOPED_TYPE(YamlSearch, yaml_search_release);

/* Each node has the number of steps of the path that lead to it; this one if it is not on the path.
 */
#define OFF_PATH SIZE_MAX

static const PathStep *position_next_step(const YamlSearch *search, size_t steps) {
    return steps < search->path.count ? &search->path.steps[steps] : NULL;
}

/* Returns the steps to the member or item, and keeps its place if it is on the path. */
static size_t advance(YamlSearch *search, size_t steps, bool is_next, yaml_mark_t mark) {
    if (!is_next)
        return OFF_PATH;
    search->found = (YamlPosition){mark.line + 1, mark.column + 1};
    return steps + 1;
}

static bool position_is_item(const PathStep *step, size_t index) {
    int64_t wanted;
    return step && step->is_index && value_to_int(step->key, &wanted) && (size_t)wanted == index;
}

static bool is_member(const PathStep *step, const yaml_event_t *key) {
    return step && !step->is_index && key->type == YAML_SCALAR_EVENT &&
           str_equal((Str){(const char *)key->data.scalar.value, key->data.scalar.length},
                     step->name);
}

static bool walk_node(YamlSearch *search, const yaml_event_t *node, size_t steps, size_t depth);

static bool walk_sequence(YamlSearch *search, size_t steps, size_t depth) {
    for (size_t i = 0;; i++) {
        SCOPED(yaml_event_t) item = {0};
        if (!yaml_parser_parse(&search->parser, &item))
            return false;
        if (item.type == YAML_SEQUENCE_END_EVENT)
            return true;
        bool is_next = position_is_item(position_next_step(search, steps), i);
        if (!walk_node(search, &item, advance(search, steps, is_next, item.start_mark), depth))
            return false;
    }
}

static bool walk_mapping(YamlSearch *search, size_t steps, size_t depth) {
    for (;;) {
        SCOPED(yaml_event_t) key = {0};
        SCOPED(yaml_event_t) value = {0};
        if (!yaml_parser_parse(&search->parser, &key))
            return false;
        if (key.type == YAML_MAPPING_END_EVENT)
            return true;
        bool is_next = is_member(position_next_step(search, steps), &key);
        size_t inner = advance(search, steps, is_next, key.start_mark);
        if (!walk_node(search, &key, OFF_PATH, depth) ||
            !yaml_parser_parse(&search->parser, &value) || !walk_node(search, &value, inner, depth))
            return false;
    }
}

static bool walk_node(YamlSearch *search, const yaml_event_t *node, size_t steps, size_t depth) {
    if (depth > DEPTH_MAX)
        return false;
    if (node->type == YAML_SEQUENCE_START_EVENT)
        return walk_sequence(search, steps, depth + 1);
    return node->type != YAML_MAPPING_START_EVENT || walk_mapping(search, steps, depth + 1);
}

YamlPosition yaml_position_find(Str text, Path path) {
    SCOPED(YamlSearch) search = {.path = path};
    bool is_good = true;
    CHECK(yaml_parser_initialize(&search.parser));
    yaml_parser_set_input_string(&search.parser, (const unsigned char *)text.ptr, text.len);
    for (bool is_end = false; is_good && !is_end;) {
        SCOPED(yaml_event_t) event = {0};
        is_good = yaml_parser_parse(&search.parser, &event);
        is_end = event.type == YAML_DOCUMENT_END_EVENT || event.type == YAML_STREAM_END_EVENT;
        bool is_root =
            event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT;
        if (is_good && is_root)
            search.found = (YamlPosition){event.start_mark.line + 1, event.start_mark.column + 1};
        if (is_good && is_root)
            is_good = walk_node(&search, &event, 0, 0);
    }
    return search.found;
}
