/* Left: what an interrupted run left: a journal, and the state that it had read. */
#pragma once

#include "state_case.h"

#include "faulty_disk.h"
#include "journal.h"
#include "journal_store.h"
#include "journal_text.h"

typedef struct Left {
    Arena *arena;
    StrBuf text;
    State *state;
    Diags diags;
    Disk disk;
    uint64_t record_count;
} Left;

static inline Left left_new(Arena *arena) {
    Left left = {.arena = arena, .text = strbuf_new(arena), .diags = diags_new(arena)};
    left.disk = faulty_disk_as_disk(faulty_disk_new(arena));
    left.state = state_new(arena);
    left.state->lineage = STR("l");
    left.state->serial = 5;
    return left;
}

static inline void left_add(Left *left, JournalRecord record) {
    record.number = ++left->record_count;
    journal_record_write(&record, &left->text);
}

static inline void left_start(Left *left, const char *lineage, uint64_t serial) {
    left_add(left, (JournalRecord){
                       .kind = RECORD_START, .lineage = str_from_cstr(lineage), .serial = serial});
}

static inline void left_intent(Left *left, uint64_t sequence, const char *address,
                               PendingAction action) {
    left_add(left, (JournalRecord){
                       .kind = RECORD_INTENT,
                       .sequence = sequence,
                       .address = state_case_address(address, left->arena),
                       .provider_config.provider = STR("h/n/t"),
                       .pending = {.action = action, .generation = sequence * 10},
                   });
}

static inline void left_part(Left *left, RecordKind kind, uint64_t sequence, const char *key) {
    bool begins = kind == RECORD_PART_BEGIN;
    left_add(left,
             (JournalRecord){
                 .kind = kind,
                 .sequence = sequence,
                 .part = str_from_cstr(key),
                 .pending = {.action = begins ? PENDING_UPDATE : PENDING_NONE,
                             .marker = begins ? str_format(left->arena, "id-%s", key) : STR_EMPTY,
                             .private_data = begins ? STR_EMPTY : STR("private")},
             });
}

static inline void left_outcome(Left *left, uint64_t sequence, const char *address,
                                const char *id) {
    left_add(left, (JournalRecord){
                       .kind = RECORD_OUTCOME,
                       .sequence = sequence,
                       .address = state_case_address(address, left->arena),
                       .provider_config.provider = STR("h/n/t"),
                       .object = id ? state_case_object(id, left->arena) : NULL,
                   });
}

static inline void left_move(Left *left, RecordKind kind, const char *address, const char *id) {
    const StateObject *object = state_case_object(id, left->arena);
    left_add(left, (JournalRecord){
                       .kind = kind,
                       .address = state_case_address(address, left->arena),
                       .deposed = STR("0000000d"),
                       .digest = journal_record_digest(object, left->arena),
                   });
}

static inline void left_hold(Left *left, const char *address, const char *id) {
    state_add_instance(left->state, state_case_address(address, left->arena))->current =
        state_case_object(id, left->arena);
}

static inline bool left_replay(Left *left, bool *found) {
    Str path = STR("s.journal");
    assert_int_equal(left->disk.write_file(left->disk.self, path, strbuf_str(&left->text), 0600),
                     0);
    return journal_replay(journal_file_new(&left->disk, path, left->arena), &left->disk,
                          left->state, found, left->arena, &left->diags);
}

static inline void left_replay_well(Left *left) {
    bool found = false;
    assert_true(left_replay(left, &found));
    assert_true(found);
}

/* id of the current object, or "-"; then the action and generation of a call in doubt. */
static inline Str left_slot(const Left *left, const char *address) {
    ResourceAddr at = state_case_address(address, left->arena);
    const StateInstance *instance = state_find_instance(left->state, at);
    if (!instance)
        return STR("nothing");
    Str id = instance->current ? str_slice(instance->current->attributes, 7,
                                           instance->current->attributes.len - 2)
                               : STR("-");
    const char *deposed = instance->deposed.count > 0 ? " deposed" : "";
    if (!instance->pending)
        return str_format(left->arena, "%.*s%s", STR_ARG(id), deposed);
    return str_format(left->arena, "%.*s%s %s %llu", STR_ARG(id), deposed,
                      pending_action_name(instance->pending->action),
                      (unsigned long long)instance->pending->generation);
}
