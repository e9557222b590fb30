/* input: values of the root module's variables: environment, files, flags, prompt; later wins.
 *
 * TF_VAR_x, LOAM_VAR_x < terraform.tfvars(.json) < loam.vars.yaml < *.auto.vars.yaml <
 * *.auto.tfvars(.json) < the environment's < -var and -var-file in the order given. Text (flags,
 * environment) is taken raw for a variable of primitive or no type and parsed as an expression
 * otherwise. */
#pragma once

#include "config.h"
#include "io.h"

typedef struct InputOption {
    bool is_file;
    Str text; /* name=value, or a file's path */
} InputOption;

typedef VEC(InputOption) InputOptions;

typedef struct InputRequest {
    const Io *io;
    Str folder;
    InputOptions options;
    bool only_options; /* neither the environment nor files that are found by their names */
    Str environment;   /* whose values count more than files' and less than options'; empty: none */
    const Map *values; /* name → InputValue: of a run before; NULL: they are looked for */
    bool is_of_test;   /* values of variables that are not declared are kept: tests may name them */
    bool only_folder;  /* nothing but the folder's files */
    /* NULL: no prompting; a missing value is an error. Asks for one; false: cancelled. */
    bool (*ask)(void *payload, const Variable *variable, Str *out, Arena *arena);
    void *payload;
} InputRequest;

/* A value of the map that input_collect fills; its first member lets it be read as a Value pointer.
 */
typedef struct InputValue {
    Value value;
    SourceRange range; /* in a variable file; else of the variable's declaration */
} InputValue;

/* What was given, without asking for what is missing; in *out also after an error. */
MUST_USE bool input_gather(
    const Config *config, const InputRequest *request, Map *out, Arena *arena, Diags *diags);
/* Asks for one; the answer joins `out`, and the request's options, so that it is asked for once. */
MUST_USE bool input_ask(const Config *config,
                        InputRequest *request,
                        const Variable *variable,
                        Map *out,
                        Arena *arena,
                        Diags *diags);
/* Name → InputValue pointer (hence Value pointer), as given (not yet converted to the constraint),
 * for variables that have a value; others take their default. A required one without value is an
 * error. */
MUST_USE bool input_collect(
    const Config *config, const InputRequest *request, Map *out, Arena *arena, Diags *diags);
/* The given value (or the default) → the variable's value: defaults of optional attributes, the
 * conversion, nullable. Marks sensitive and ephemeral. Also used for module inputs. */
MUST_USE bool input_convert(const Variable *variable,
                            const Value *given,
                            SourceRange range,
                            Value *out,
                            Arena *arena,
                            Diags *diags);
