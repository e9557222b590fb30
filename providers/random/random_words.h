/* random_words: short, friendly, lower-case words for names. */
#pragma once

#include "attr.h"

typedef struct RandomWords {
    const char *const *items;
    size_t count;
} RandomWords;

RandomWords random_words_adverbs(void);
RandomWords random_words_adjectives(void);
RandomWords random_words_animals(void);
