/* parts_case: a bundle of files, each an object behind the instance, and what a look at the disk
 * without the help of loam finds. */
#pragma once

#include "bundle.h"
#include "engine_death.h"
#include "journal.h"

/* A file on the disk: name in the bundle, tag of its creation, content. */
typedef struct SeenFile {
    Str key, place, content;
} SeenFile;

typedef VEC(SeenFile) SeenFiles;

static inline SeenFiles look(EngineCase *c, const char *directory) {
    SeenFiles seen = {0};
    DiskEntries entries = {0};
    Str path = disk_join(str_from_cstr(c->directory), str_from_cstr(directory), c->arena);
    if (disk_real.list(NULL, path, &entries, c->arena) != 0)
        return seen;
    vec_each(&entries, entry) {
        SeenFile file = {.place = entry->name};
        file.key = str_slice(entry->name, 0, str_find_char(entry->name, '@', 0));
        Str at = disk_join(path, entry->name, c->arena);
        assert_int_equal(disk_real.read_file(NULL, at, &file.content, c->arena), 0);
        vec_push(c->arena, &seen, file);
    }
    return seen;
}

/* "front=one " for each file. */
static inline Str contents(EngineCase *c, const char *directory) {
    StrBuf text = strbuf_new(c->arena);
    SeenFiles seen = look(c, directory);
    vec_each(&seen, file) {
        strbuf_add_format(&text, "%.*s=%.*s ", STR_ARG(file->key), STR_ARG(file->content));
    }
    return strbuf_str(&text);
}

static inline const SeenFile *find_file(const SeenFiles *files, Str key) {
    vec_each(files, file) {
        if (str_equal(file->key, key))
            return file;
    }
    return NULL;
}

/* "+ new ~ front " : the differences between two looks. */
static inline Str differences(EngineCase *c, const SeenFiles *before, const SeenFiles *after) {
    StrBuf text = strbuf_new(c->arena);
    for (int first = 'a'; first <= 'z'; first++) {
        Str key = str_format(c->arena, "%c", first);
        const SeenFile *old = find_file(before, key), *now = find_file(after, key);
        if (!old && now)
            strbuf_add_format(&text, "+ %c ", first);
        else if (old && !now)
            strbuf_add_format(&text, "- %c ", first);
        else if (old && !str_equal(old->place, now->place))
            strbuf_add_format(&text, "-/+ %c ", first);
        else if (old && !str_equal(old->content, now->content))
            strbuf_add_format(&text, "~ %c ", first);
    }
    return strbuf_str(&text);
}

/* The same for the plan's parts of all instances. */
static inline Str shown(EngineCase *c) {
    StrBuf text = strbuf_new(c->arena);
    vec_each(&c->plan->changes, change) {
        vec_each(&change->parts, part) {
            strbuf_add_format(&text, "%s %.*s ", action_glyph(part->action), STR_ARG(part->title));
        }
        if (change->has_unknown_parts)
            strbuf_add_cstr(&text, "and more ");
    }
    return strbuf_str(&text);
}

/* A bundle in the directory "out" of the case; `more` are further lines of the block. */
static inline void configure_in(EngineCase *c, const char *directory, const char *files,
                                const char *more) {
    Str text = str_format(c->arena,
                          "resource:\n"
                          "  fake_bundle:\n"
                          "    b:\n"
                          "      directory: %s/%s\n"
                          "      files: %s\n%s",
                          c->directory, directory, files, more);
    engine_case_config(c, str_to_cstr(text, c->arena));
}

static inline void configure(EngineCase *c, const char *files) {
    configure_in(c, "out", files, "");
}

static inline EngineCase *open_with(const char *files) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    if (files) {
        configure(c, files);
        engine_case_must(c, engine_case_apply(c));
    }
    return c;
}

static inline void open_journal(EngineCase *c, JournalStore *store) {
    engine_case_must(
        c, journal_open(store, c->world.io.clock, c->refreshed, &c->journal, c->arena, &c->diags));
}

static inline void close_journal(EngineCase *c) {
    journal_close(c->journal);
    c->journal = NULL;
}
