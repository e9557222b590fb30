/* last_output: the end of what a program wrote, for the message about its failure. */
#pragma once

#include "provisioner.h"

#define LAST_OUTPUT_SIZE ((size_t)2048)

/* What is written goes to the call's ear, and its end is kept. */
typedef struct LastOutput {
    const ProvisionCall *call;
    StrBuf text;
} LastOutput;

LastOutput last_output_new(const ProvisionCall *call);
/* As `output` of processes and of commands on other machines. */
void last_output_take(void *last, Str piece, bool is_error);
/* "The last of what it wrote: …", without control characters. */
Str last_output_words(const LastOutput *last, Arena *arena);
