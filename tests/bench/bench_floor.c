/* The floors: the simplest pass of a library over the same bytes.
 *   bench_floor yaml FILE MS   every event of libyaml, discarded
 *   bench_floor json FILE MS   jansson's tree
 *   bench_floor state FILE TO  jansson's tree, written again; once, as a program of its own */
#include "stopwatch.h"

#include <jansson.h>
#include <yaml.h>

typedef struct Bytes {
    char *ptr;
    size_t len;
} Bytes;

static bool read_file(const char *path, Bytes *out) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    out->ptr = malloc((size_t)size + 1);
    out->len = out->ptr ? fread(out->ptr, 1, (size_t)size, file) : 0;
    fclose(file);
    return out->ptr && out->len == (size_t)size;
}

static bool pass_yaml(void *payload) {
    Bytes bytes;
    yaml_parser_t parser;
    yaml_event_t event;
    bool ends = false;
    if (!read_file(payload, &bytes) || !yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.ptr, bytes.len);
    while (!ends && yaml_parser_parse(&parser, &event)) {
        ends = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    free(bytes.ptr);
    return ends;
}

static bool pass_json(void *payload) {
    Bytes bytes;
    if (!read_file(payload, &bytes))
        return false;
    json_error_t error;
    json_t *tree = json_loadb(bytes.ptr, bytes.len, 0, &error);
    bool ok = tree != NULL;
    json_decref(tree);
    free(bytes.ptr);
    return ok;
}

static bool rewrite_state(const char *from, const char *to) {
    json_error_t error;
    json_t *tree = json_load_file(from, 0, &error);
    bool ok = tree && json_dump_file(tree, to, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0;
    json_decref(tree);
    return ok;
}

int main(int count, char **words) {
    if (count != 4)
        return 2;
    if (words[1][0] == 's')
        return rewrite_state(words[2], words[3]) ? 0 : 1;
    bool is_yaml = words[1][0] == 'y';
    return stopwatch_print(is_yaml ? pass_yaml : pass_json, words[2], strtol(words[3], NULL, 10))
               ? 0
               : 1;
}
