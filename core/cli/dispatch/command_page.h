/* command_page: generates pages from the tables of commands and options: the reference in Markdown,
 * the manual page in roff, and a page of each command in both. */
#pragma once

#include "command.h"

typedef enum PageForm { PAGE_MARKDOWN, PAGE_MANUAL } PageForm;

/* Writes one page about all commands. */
void command_page_write(PageForm form, const CommandTable *table, StrBuf *out, Arena *arena);
/* Returns the name of the page of one command: "state-list" for "state list". */
Str command_page_name(Str path, Arena *arena);
/* Writes the page of one command. */
void command_page_write_one(PageForm form, const Command *command, Str path, StrBuf *out,
                            Arena *arena);
