/* input: collects the values of the root module's variables from environment variables, files,
 * options and the prompt.
 *
 *  TF_VAR_x, LOAM_VAR_x < terraform.tfvars(.json) < loam.vars.yaml < *.auto.vars.yaml
 *  < *.auto.tfvars(.json) < the selected environment's values < -var and -var-file in order
 *
 * Later sources win; a name that is_unknown has no value from any of them. Text from options and
 * environment variables is a string if the variable has a primitive type or none; otherwise it is
 * parsed as an expression. */
#pragma once

#include "config.h"
#include "io.h"

typedef struct InputOption {
    bool is_file;
    bool is_unknown; /* the variable `text` has no value yet, whatever else sets it */
    Str text;        /* "name=value", the path of a file, or a name */
} InputOption;

typedef VEC(InputOption) InputOptions;

typedef struct InputRequest {
    const Io *io;
    Str directory;
    InputOptions options;
    bool only_options; /* ignore environment variables and files that are found by name */
    Str environment; /* selected environment; its values override files, not options; empty: none */
    const Map *values;       /* name → InputValue of an earlier run; NULL: collect them */
    bool is_of_test;         /* keep values of undeclared variables: tests may refer to them */
    struct FileReads *reads; /* notes the files that are found by name; NULL: none */
    bool only_directory; /* read only the variable files in `directory`: no options, no environment
                          */
    /* Prompts for a value; returns false if cancelled. NULL: no prompt, a missing value is an
     * error. */
    bool (*ask)(void *payload, const Variable *variable, Str *out, Arena *arena);
    void *payload;
} InputRequest;

/* A value in the map that input_collect fills. `value` is first, so a pointer to it is a Value
 * pointer. */
typedef struct InputValue {
    Value value;
    SourceRange range; /* position in a variable file, else of the variable block */
} InputValue;

/* Collects given values without prompting for missing ones. On an error *out keeps its value. */
MUST_USE bool input_gather(const Config *config, const InputRequest *request, Map *out,
                           Arena *arena, Diags *diags);
/* Prompts for a value, adds it to `out` and to the request's options, so that each variable is
 * prompted for once. */
MUST_USE bool input_ask(const Config *config, InputRequest *request, const Variable *variable,
                        Map *out, Arena *arena, Diags *diags);
/* Fills *out with name → InputValue pointer (hence Value pointer) for variables that have a
 * value, before conversion. Other variables use their default. A missing required value is an
 * error. */
MUST_USE bool input_collect(const Config *config, const InputRequest *request, Map *out,
                            Arena *arena, Diags *diags);
/* Converts a given value (NULL: none) or the default to the variable's value. Applies defaults
 * of optional attributes, type conversion and `nullable`, and adds sensitive and ephemeral
 * marks. Also used for module arguments. */
MUST_USE bool input_convert(const Variable *variable, const Value *given, SourceRange range,
                            Value *out, Arena *arena, Diags *diags);
