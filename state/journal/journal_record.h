/* journal_record: one line of the journal: checksum, blank, JSON, line end. */
#pragma once

#include "record.h"
#include "state.h"

typedef enum RecordKind {
    RECORD_START,
    RECORD_INTENT,
    RECORD_OUTCOME,
    RECORD_END,
    RECORD_DEPOSE,
    RECORD_RESTORE,
    RECORD_FOLD,
    RECORD_PART_BEGIN,
    RECORD_PART_END,
} RecordKind;

typedef struct JournalRecord {
    RecordKind kind;
    uint64_t number;   /* of the record in its text, from 1; 0: written by a release that did not
                          number records */
    uint64_t sequence; /* intent, outcome, end, part-begin, part-end: of the intent */
    Str lineage;       /* start */
    uint64_t serial;   /* start, fold */
    Str digest;        /* fold: SHA-256 of the state file's text; depose: of the object */
    Str time;          /* start */
    Str plan;          /* start: digest of the saved plan that is applied; empty: none */
    /* intent, outcome, depose, restore; end without intent: an instance that the plan has changed
     */
    ResourceAddr address;
    ProviderConfigAddr provider_config;
    Str deposed;
    const StateObject *object; /* outcome; NULL: none */
    StatePending pending;      /* intent; its own `deposed` and `parts` are unused */
    /* part-begin, part-end; their action, marker and private data are those of `pending` */
    Str part;
} JournalRecord;

/* The rows of a record. */
extern const Record journal_record_rows;

/* Returns a digest of the object's attributes. */
Str journal_record_digest(const StateObject *object, Arena *arena);
/* Logs the record at debug level: kind, numbers, address, action and part; of an object only sizes
 * and flags. */
void journal_record_log(const JournalRecord *record);
/* Appends the whole line. */
void journal_record_write(const JournalRecord *record, StrBuf *out);
/* Parses a line without its line end; the record holds views of `line`. Returns false if the line
 * is damaged. */
MUST_USE bool journal_record_parse(Str line, JournalRecord *out, Arena *arena);

typedef struct JournalLine {
    Str text; /* without line end */
    size_t offset;
    size_t number;
    bool is_whole; /* ends with a line end */
} JournalLine;

/* Moves `line` (zero at first) to the next line; returns false at the end. */
bool journal_record_next_line(Str bytes, JournalLine *line);
