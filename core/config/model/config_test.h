/* config_test: what test files say: runs of plan or apply, what must hold after each, and what is
 * made up meanwhile.
 *
 *   x.tftest.hcl, x.tftest.json, .tofutest for .tftest, x.loamtest.yaml, x.loamtest.json
 *
 * They lie in the root module's folder and in its test folder ("tests"). Made-up values are
 * constants. All of it lives in the configuration's arena and is immutable. */
#pragma once

#include "config.h"

#define CONFIG_TEST_FOLDER "tests"

typedef enum OverrideKind { OVERRIDE_RESOURCE, OVERRIDE_DATA, OVERRIDE_MODULE } OverrideKind;

/* An object that no provider is asked for, or a module of which only the outputs are there. */
typedef struct TestOverride {
    OverrideKind kind;
    AddressTarget target;
    Value values; /* an object: of computed attributes, of outputs */
    bool during_plan;
    SourceRange values_range;
    SourceRange target_range;
    SourceRange range;
} TestOverride;

typedef VEC(const TestOverride *) TestOverrides;

/* What computed attributes of a type are, instead of something random. */
typedef struct MockType {
    Value values;
    bool during_plan;
    SourceRange values_range;
    SourceRange range;
} MockType;

/* A provider that nobody is asked behind. */
typedef struct MockProvider {
    Map types; /* "T", "data.T" → MockType */
    TestOverrides overrides;
    bool during_plan;
} MockProvider;

typedef struct TestVariable {
    Str name;
    const Expr *expr;
    SourceRange name_range;
} TestVariable;

typedef VEC(TestVariable) TestVariables;

typedef struct TestExpectation {
    Str text; /* var.x, output.x, check.x, T.N, data.T.N, T.N[0] */
    bool is_checkable;
    SourceRange range;
} TestExpectation;

typedef struct TestRun {
    Str name;
    bool is_plan; /* command = plan */
    TestVariables variables;
    Conditions asserts;
    VEC(TestExpectation) expected;
    TestOverrides overrides;
    bool is_refresh_only;
    bool skips_refresh;
    Traversals targets;
    Traversals replaced;
    Str state_key;  /* empty: by its module */
    Str source;     /* of a module of its own; empty: the module under test */
    Config *config; /* of that module; NULL: the one under test */
    Map providers;  /* "name" or "name.alias" of the module → ProviderRef of the file */
    SourceRange range;
} TestRun;

typedef struct TestFile {
    Str path;
    bool is_in_test_folder;
    TestVariables variables;
    Map providers; /* "name" or "name.alias" → ProviderConfig */
    TestOverrides overrides;
    VEC(TestRun *) runs;
} TestFile;

struct TestFiles {
    VEC(TestFile *) files; /* by path */
};
