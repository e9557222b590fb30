/* A module for test_plugin. */
extern const char content[];
const char content[] = "here";
