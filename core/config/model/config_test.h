/* config_test: the model of test files: runs, their assertions, mocks and overrides.
 *
 *  x.tftest.hcl, x.tftest.json, .tofutest for .tftest, x.loamtest.yaml, x.loamtest.json
 *
 * Test files are in the root module's directory and in its test directory ("tests"). Values of
 * mocks and overrides are constants. The arena of the configuration owns everything; it is
 * immutable. */
#pragma once

#include "config.h"

#define CONFIG_TEST_DIRECTORY "tests"

typedef enum OverrideKind { OVERRIDE_RESOURCE, OVERRIDE_DATA, OVERRIDE_MODULE } OverrideKind;

/* An override_resource, override_data or override_module block: values that replace calls of the
 * provider, or a module's outputs. */
typedef struct TestOverride {
    OverrideKind kind;
    AddressTarget target;
    Value values; /* an object: computed attributes, or outputs */
    bool during_plan;
    SourceRange values_range;
    SourceRange target_range;
    SourceRange range;
} TestOverride;

typedef VEC(const TestOverride *) TestOverrides;

/* A mock_resource or mock_data block: values for the computed attributes of a type. */
typedef struct MockType {
    Value values;
    bool during_plan;
    SourceRange values_range;
    SourceRange range;
} MockType;

/* A mock_provider block: no real provider is started. */
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
    Str text;          /* var.x, output.x, check.x, T.N, data.T.N, T.N[0] */
    bool is_checkable; /* a kind of object that can have conditions */
    SourceRange range;
} TestExpectation;

typedef struct TestRun {
    Str name;
    bool is_plan; /* `command = plan` */
    TestVariables variables;
    Conditions asserts;
    VEC(TestExpectation) expected;
    TestOverrides overrides;
    bool is_refresh_only;
    bool skips_refresh;
    Traversals targets;
    Traversals replaced;
    Str state_key; /* of the state that it shares with other runs of the file: `state_key`, else the
                      source of its module; empty: that of the module under test */
    Str source;    /* source of the run's `module` block; empty: the module under test */
    bool skips_cleanup;           /* its state is kept at the end of the file */
    SourceRange skip_range;       /* of its own `skip_cleanup = true`; NO_RANGE: none */
    const BackendConfig *backend; /* which keeps its state; NULL: none */
    Config *config;               /* configuration of that module; NULL: the one under test */
    Map providers; /* the module's "name" or "name.alias" → ProviderRef of the file */
    SourceRange range;
} TestRun;

typedef struct TestFile {
    Str path;
    bool is_in_test_directory;
    bool skips_cleanup; /* default of the runs */
    TestVariables variables;
    Map declared;  /* `variable` blocks: name → Variable */
    Map providers; /* "name" or "name.alias" → ProviderConfig */
    TestOverrides overrides;
    VEC(TestRun *) runs;
} TestFile;

struct TestFiles {
    VEC(TestFile *) files; /* sorted by path */
};
