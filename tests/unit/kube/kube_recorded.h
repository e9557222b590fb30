/* kube_recorded: the exchanges of a real server in tests/kube/exchanges.recorded, by name. */
#pragma once

#include "unit.h"

#include "disk.h"
#include "kube_object.h"

typedef struct KubeRecorded {
    Str name;
    Str path; /* of the request */
    int code;
    Str body; /* of the response */
    Str warning;
} KubeRecorded;
typedef VEC(KubeRecorded) KubeRecordedVec;

static inline KubeRecordedVec kube_recorded_read(Arena *arena) {
    KubeRecordedVec all = {0};
    Str text, line;
    Str path = STR(LOAM_SOURCE_DIR "/tests/kube/exchanges.recorded");
    assert_int_equal(disk_real.read_file(disk_real.self, path, &text, arena), 0);
    while (str_next_field(&text, '\n', &line)) {
        Value one, found;
        const char *error;
        size_t offset;
        int64_t code = 0;
        if (line.len == 0)
            continue;
        assert_true(json_parse_any(line, &one, &error, &offset, arena));
        assert_true(kube_object_find(one, "answer", "status", &found) &&
                    value_to_int(found, &code));
        assert_true(kube_object_find(one, "answer", "body", &found));
        bool is_text = found.type->kind == KIND_STRING;
        vec_push(arena, &all,
                 (KubeRecorded){
                     .name = kube_object_text(one, "", "name"),
                     .path = kube_object_text(one, "", "path"),
                     .code = (int)code,
                     .body = is_text ? value_text(found) : json_text(found, arena),
                     .warning = kube_object_text(one, "answer", "warning"),
                 });
    }
    assert_int_equal(all.count, 73);
    return all;
}

static inline const KubeRecorded *kube_recorded_find(const KubeRecordedVec *all, const char *name) {
    vec_each(all, one) {
        if (str_equal_cstr(one->name, name))
            return one;
    }
    fail_msg("no exchange \"%s\"", name);
    return NULL;
}
