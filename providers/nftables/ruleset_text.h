/* ruleset_text: the commands of nft that replace one table with the table of an object.
 *
 * Each command is one line, so a line number in a message of nft identifies the argument.
 * ruleset_text_validate ensures that each text of the user is a single rule or element. So no text
 * can end its command and start another one that changes another table. */
#pragma once

#include "nested_list.h"
#include "path_error.h"

/* The argument in a line of the commands. */
typedef struct RulesetLine {
    Path path;
    size_t start; /* byte offset of the argument's text in the line; 0: not in the line */
    Str text;
} RulesetLine;

typedef struct RulesetText {
    Str text;
    VEC(RulesetLine) lines;
} RulesetText;

/* Returns the commands in call->arena; the object must be known. */
RulesetText ruleset_text_of(const Call *call, Value object);
/* Returns commands that delete the table; they succeed if it does not exist. */
RulesetText ruleset_text_deletion(const Call *call, Value object);
/* Returns true if both objects have the same sets, maps and chains, and these are known. */
bool ruleset_text_is_same(Value a, Value b);
/* Returns true if family, name, sets, maps and chains are known. */
bool ruleset_text_is_known(Value object);
/* Adds an error for each error in the output of nft, at the argument of its line. Always returns
 * false. */
bool ruleset_text_report(const Call *call, const RulesetText *text, Str output, Diags *diags);
