// isotree's side of against_forests.py: fits 200 trees on 256 rows and scores all rows.
//     isotree_score MATRIX ROWS FEATURES OUT
// MATRIX: float32, row-major. OUT: double score[ROWS], as 2^(-depth / c); double seconds to fit,
// seconds to score a second time. OMP_NUM_THREADS threads. With isotree installed:
//     g++ -O3 -march=native -fopenmp isotree_score.cpp -lisotree -o isotree_score
#include <isotree_oop.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <omp.h>
#include <vector>

static double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

int main(int argc, char *argv[])
{
    if (argc != 5)
        return 64;
    size_t n = std::strtoull(argv[2], nullptr, 10), p = std::strtoull(argv[3], nullptr, 10);
    std::vector<float> matrix(n * p);
    std::FILE *in = std::fopen(argv[1], "rb");
    if (in == nullptr || std::fread(matrix.data(), sizeof(float), n * p, in) != n * p)
        return 66;
    std::fclose(in);
    // It scores rows that lie row by row faster; it fits columns.
    std::vector<double> row(matrix.begin(), matrix.end()), column(n * p), score(n), took(2);
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < p; f++)
            column[f * n + i] = matrix[i * p + f];

    isotree::IsolationForest forest;
    forest.nthreads = omp_get_max_threads();
    forest.ntrees = 200;
    forest.sample_size = 256;
    forest.ndim = 1;
    forest.standardize_data = false;
    forest.missing_action = Fail; // there are none, and looking for them takes time
    double begun = seconds();
    forest.fit(column.data(), n, p);
    took[0] = seconds() - begun;
    for (int pass = 0; pass < 2; pass++) {
        begun = seconds();
        forest.predict(row.data(), nullptr, false, n, p, 0, true, score.data(), nullptr, nullptr);
        took[1] = seconds() - begun;
    }
    std::FILE *out = std::fopen(argv[4], "wb");
    if (out == nullptr || std::fwrite(score.data(), sizeof(double), n, out) != n ||
        std::fwrite(took.data(), sizeof(double), 2, out) != 2)
        return 74;
    return std::fclose(out) == 0 ? 0 : 74;
}
