/* The CUnit program around a table of facts. CUnit's own runner reports success even when
 * checks failed, so the exit code is taken from the counts. */
#include "suite.h"

#include <CUnit/Basic.h>

int suite_run(const char *module, const struct fact *fact, size_t n_fact)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite(module, NULL, NULL);
    for (size_t i = 0; suite != NULL && i < n_fact; i++)
        if (CU_add_test(suite, fact[i].sentence, fact[i].check) == NULL)
            suite = NULL;
    if (suite != NULL) {
        CU_basic_set_mode(CU_BRM_NORMAL);
        CU_basic_run_tests();
        CU_basic_show_failures(CU_get_failure_list());
    }
    int failed = suite == NULL || CU_get_number_of_failures() > 0 ||
                 CU_get_error() != CUE_SUCCESS || CU_get_number_of_asserts() == 0;
    CU_cleanup_registry();
    return failed;
}
