/* azure_answer: reads the XML of Azure Storage, in the plugin that also reads that of S3 stores. */
#pragma once

#include "vec.h"

/* A part of a list of blobs. */
typedef struct AzurePage {
    StrVec names; /* decoded */
    Str next;     /* marker of the next page; empty: this was the last */
} AzurePage;

typedef struct AzureAnswers {
    /* Returns false if the text is not a list. */
    bool (*parse_page)(Str text, AzurePage *out, Arena *arena);
} AzureAnswers;

#define AZURE_ANSWER_PLUGIN "loam-s3.so" /* exports the symbol azure_answers */
/* The functions in that plugin. A test program may contain them; then it loads nothing. */
extern const AzureAnswers azure_answers __attribute__((weak));
