/* journal_text: checksums detect changed lines; record numbers detect missing and repeated ones. */
#include "journal_text.h"

typedef unsigned long long RecordNumber;

static void text_note(JournalText *text, size_t line, Str problem) {
    if (text->damage_count++ > 0)
        return;
    text->line = line;
    text->problem = problem;
}

static void text_check_number(JournalText *text, const JournalLine *line, uint64_t number,
                              uint64_t expected, Arena *arena) {
    if (number == 0 || number == expected)
        return;
    Str problem;
    if (number < expected)
        problem = str_format(arena, "it has record %llu, which an earlier line already has",
                             (RecordNumber)number);
    else if (number == expected + 1)
        problem = str_format(arena, "record %llu is missing before it", (RecordNumber)expected);
    else
        problem = str_format(arena, "records %llu to %llu are missing before it",
                             (RecordNumber)expected, (RecordNumber)number - 1);
    text_note(text, line->number, problem);
}

static void text_insert(JournalText *text, const JournalRecord *record, Arena *arena) {
    size_t at = text->records.count;
    while (record->number > 0 && at > 0 && text->records.items[at - 1].number > record->number)
        at--;
    if (record->number > 0 && at > 0 && text->records.items[at - 1].number == record->number)
        return;
    vec_push(arena, &text->records, *record);
    for (size_t i = text->records.count - 1; i > at; i--)
        text->records.items[i] = text->records.items[i - 1];
    text->records.items[at] = *record;
}

void journal_text_read(Str bytes, JournalText *out, Arena *arena) {
    JournalLine line = {0};
    uint64_t expected = 1;
    *out = (JournalText){0};
    while (journal_record_next_line(bytes, &line)) {
        JournalRecord record;
        out->is_torn = !line.is_whole;
        if (journal_record_parse(line.text, &record, arena)) {
            text_check_number(out, &line, record.number, expected, arena);
            expected = record.number > 0 ? record.number : expected;
            text_insert(out, &record, arena);
        } else if (line.is_whole) {
            text_note(out, line.number, STR("its text does not match its checksum"));
        }
        expected++;
    }
}

Str journal_text_write(const JournalText *text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text->records.count; i++) {
        JournalRecord record = text->records.items[i];
        record.number = i + 1;
        journal_record_write(&record, &out);
    }
    return strbuf_str(&out);
}
