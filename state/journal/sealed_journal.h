/* sealed_journal: a JournalStore over another one that keeps its lines encrypted.
 *
 *     <envelope of a random key, as of any other thing that is persisted>\n
 *     base64(AES-256-GCM of a line with that key)\n …
 *
 * Its user sees plain lines, at the places where they would stand: a line that was torn or changed
 * comes out as one that nobody can read, so it is judged like any other. What was written by
 * another method, or in the clear, is rewritten with the first line that is appended. */
#pragma once

#include "cipher.h"
#include "journal_store.h"

/* `cipher` NULL: plain lines pass, and what is encrypted is refused. */
JournalStore *sealed_journal_new(JournalStore *inner, const Cipher *cipher, Arena *arena);
