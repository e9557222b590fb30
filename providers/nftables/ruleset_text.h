/* ruleset_text: the commands of nft that replace one table by that of an object.
 *
 * Each command is one line, so a line number in a message of nft identifies the argument. Texts of
 * the user are single rules or elements (ruleset_text_validate), so no text can end its command and
 * start another one: the commands change no other table. */
#pragma once

#include "nested_list.h"
#include "path_error.h"

/* The argument that a line contains. */
typedef struct RulesetLine {
    Path path;
    size_t start; /* byte at which the text of the argument starts; 0: it is not in the line */
    Str text;
} RulesetLine;

typedef struct RulesetText {
    Str text;
    VEC(RulesetLine) lines;
} RulesetText;

/* Returns the commands; the object must be known. */
RulesetText ruleset_text_of(const Call *call, Value object);
/* Returns the commands that delete the table, and succeed if there is none. */
RulesetText ruleset_text_deletion(const Call *call, Value object);
/* Returns true if both objects have the same sets, maps and chains, and these are known. */
bool ruleset_text_is_same(Value a, Value b);
/* Returns true if family, name, sets, maps and chains are known. */
bool ruleset_text_is_known(Value object);
/* Validates names, rules and elements. Unknown values are valid. */
MUST_USE bool ruleset_text_validate(const Call *call, Value config, Diags *diags);
/* Adds an error for each error in the output of nft, at its argument. Always returns false. */
bool ruleset_text_report(const Call *call, const RulesetText *text, Str output, Diags *diags);
