// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <caligo/construct.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace caligo {
namespace {

namespace fs = std::filesystem;
using enum ConstructionMethod;

bool same(const ReliabilityOrder& a, const ReliabilityOrder& b) {
  return a.n == b.n && a.shortened == b.shortened && a.indices == b.indices &&
         a.error_probability == b.error_probability && a.provenance == b.provenance;
}

/// Sets an environment variable for the life of the object.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name); old != nullptr) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

class OrderCache : public testing::Test {
 protected:
  static constexpr unsigned n = 12;
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "caligo-cache-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    directory_ = root_ / "a" / "b";
    expected_ = construct_order(n, Bsc{0.03}, automatic, 100).value();
  }
  void TearDown() override { fs::remove_all(root_); }

  [[nodiscard]] ReliabilityOrder cached() const {
    return construct_order_cached(n, Bsc{0.03}, automatic, 100, directory_).value();
  }
  /// The single file of a cache directory.
  [[nodiscard]] static fs::path only_file(const fs::path& directory) {
    std::vector<fs::path> files;
    if (fs::exists(directory)) {
      for (const auto& entry : fs::directory_iterator(directory)) files.push_back(entry.path());
    }
    EXPECT_EQ(files.size(), 1U);
    return files.empty() ? fs::path() : files.front();
  }
  [[nodiscard]] static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void put(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

  fs::path root_;
  fs::path directory_;
  ReliabilityOrder expected_;
};

TEST_F(OrderCache, GivesTheSameOrderColdAndWarm) {
  EXPECT_TRUE(same(cached(), expected_));
  EXPECT_TRUE(fs::exists(only_file(directory_)));
  EXPECT_TRUE(same(cached(), expected_));
}

TEST_F(OrderCache, WarmReadsComeFromTheFile) {
  // A computed order would be written anew.
  static_cast<void>(cached());
  const auto before = fs::last_write_time(only_file(directory_));
  static_cast<void>(cached());
  EXPECT_EQ(fs::last_write_time(only_file(directory_)), before);
}

TEST_F(OrderCache, EveryRequestHasItsOwnFile) {
  for (const auto& [channel, method, shortened] :
       {std::tuple<Channel, ConstructionMethod, std::size_t>{Bsc{0.03}, automatic, 100},
        {Bsc{0.03}, density_evolution, 100},  // the same as the first
        {Bsc{0.03}, bhattacharyya, 100},
        {Bsc{0.04}, automatic, 100},
        {Bsc{0.03}, automatic, 101},
        {Bsc{0.03}, polarization_weight, 0},
        {Awgn{0.9}, automatic, 0}}) {
    for (int round = 0; round < 2; ++round) {
      EXPECT_TRUE(same(construct_order_cached(n, channel, method, shortened, directory_).value(),
                       construct_order(n, channel, method, shortened).value()));
    }
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 6);
}

TEST_F(OrderCache, DamageAnywhereIsRepaired) {
  static_cast<void>(cached());
  const fs::path path = only_file(directory_);
  const std::string good = content(path);
  // Magic, request, indices, probabilities, digest: bytes of both ends and some of the middle.
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < 120; i += 3) offsets.insert(offsets.end(), {i, good.size() - 1 - i / 3});
  for (std::size_t i = 130; i < good.size(); i += good.size() / 20) offsets.push_back(i);
  for (const std::size_t offset : offsets) {
    std::string bad = good;
    bad[offset] = static_cast<char>(bad[offset] ^ 0x40);
    put(path, bad);
    ASSERT_TRUE(same(cached(), expected_)) << "byte " << offset;
    ASSERT_EQ(content(path), good) << "byte " << offset;
  }
}

TEST_F(OrderCache, TruncatedAndForeignFilesAreReplaced) {
  static_cast<void>(cached());
  const fs::path path = only_file(directory_);
  const std::string good = content(path);
  for (const std::string& bad : {std::string(), good.substr(0, 1), good.substr(0, 60), good.substr(0, good.size() - 1),
                                 good + "x", std::string(good.size(), '\0'), std::string("not a cache file")}) {
    put(path, bad);
    ASSERT_TRUE(same(cached(), expected_)) << bad.size() << " bytes";
    ASSERT_EQ(content(path), good);
  }
}

TEST_F(OrderCache, FileOfAnotherRequestIsNotTaken) {
  static_cast<void>(cached());
  const fs::path path = only_file(directory_);
  fs::remove(path);
  static_cast<void>(construct_order_cached(n, Bsc{0.05}, automatic, 100, directory_).value());
  fs::rename(only_file(directory_), path);
  EXPECT_TRUE(same(cached(), expected_));
}

TEST_F(OrderCache, UnusableDirectoryIsNoError) {
  put(root_ / "file", "x");
  directory_ = root_ / "file" / "cache";
  EXPECT_TRUE(same(cached(), expected_));
  directory_ = "/proc/caligo";
  EXPECT_TRUE(same(cached(), expected_));
  EXPECT_EQ(content(root_ / "file"), "x");
}

TEST_F(OrderCache, DirectoryInPlaceOfTheFileIsNoError) {
  static_cast<void>(cached());
  const fs::path path = only_file(directory_);
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_TRUE(same(cached(), expected_));
}

TEST_F(OrderCache, EnvironmentNamesTheDirectory) {
  const auto run = [] { return construct_order_cached(n, Bsc{0.03}, automatic, 100).value(); };
  {
    const Environment own("CALIGO_CACHE_DIR", (root_ / "own").string());
    EXPECT_TRUE(same(run(), expected_));
    EXPECT_TRUE(fs::exists(only_file(root_ / "own")));
  }
  const Environment none("CALIGO_CACHE_DIR", "");
  {
    const Environment xdg("XDG_CACHE_HOME", (root_ / "xdg").string());
    EXPECT_TRUE(same(run(), expected_));
    EXPECT_TRUE(fs::exists(only_file(root_ / "xdg" / "caligo")));
  }
  const Environment relative("XDG_CACHE_HOME", "relative");  // to be ignored
  const Environment home("HOME", (root_ / "home").string());
  EXPECT_TRUE(same(run(), expected_));
  EXPECT_TRUE(fs::exists(only_file(root_ / "home" / ".cache" / "caligo")));
  EXPECT_FALSE(fs::exists("relative"));
}

TEST_F(OrderCache, ShortOrdersAreNotCached) {
  static_cast<void>(construct_order_cached(8, Bsc{0.03}, automatic, 0, directory_).value());
  EXPECT_FALSE(fs::exists(directory_));
}

TEST_F(OrderCache, ErrorsAreThoseOfTheConstruction) {
  EXPECT_FALSE(construct_order_cached(n, Bsc{0.7}, automatic, 0, directory_));
  EXPECT_FALSE(construct_order_cached(n, Bsc{0.1}, nr5g, 0, directory_));
  EXPECT_FALSE(fs::exists(directory_));
}

TEST_F(OrderCache, ProcessesAtOnceAllGetTheOrder) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      bool right = true;
      for (int round = 0; round < 8; ++round) {
        std::error_code ignored;  // another process may be faster
        if (round % 3 == i % 3) fs::remove_all(directory_, ignored);
        right = right && same(cached(), expected_);
      }
      ::_exit(right ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_TRUE(same(cached(), expected_));
}

}  // namespace
}  // namespace caligo
