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

/* `cipher` NULL: plain lines pass, encrypted ones are rejected. */
JournalStore *sealed_journal_new(JournalStore *inner, const Cipher *cipher, Arena *arena);
