/* journal_file: the journal in a file, mode 0600. The file is created with the first line. */
#pragma once

#include "io.h"
#include "journal_store.h"

JournalStore *journal_file_new(const Disk *disk, Str path, Arena *arena);
