/* sealed_journal: a JournalStore that encrypts lines and keeps them in another one.
 *
 *    <envelope of a random key, as for all stored data>\n
 *    base64(AES-256-GCM of a line with that key)\n …
 *
 * Callers see plain lines at their usual positions. A torn or changed line decrypts to an
 * unreadable line, and counts as damage like any other. A journal that is not encrypted, or
 * encrypted by another method, is rewritten with the first line that is appended. */
#pragma once

#include "cipher.h"
#include "journal_store.h"

/* Makes a key for lines that another process appends, and the first line with its envelope, without
 * line end. Returns false with the end of a sentence in *problem. */
MUST_USE bool sealed_journal_make_key(const Cipher *cipher, Str *key, Str *header, Str *problem,
                                      Arena *arena);
/* Returns an encrypted line, without line end. */
Str sealed_journal_line(Str key, Str line, Arena *arena);
/* `cipher` NULL: plain lines pass, encrypted ones are rejected. */
JournalStore *sealed_journal_new(JournalStore *inner, const Cipher *cipher, Arena *arena);
