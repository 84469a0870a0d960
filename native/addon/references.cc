// TensorFlow frees what it was fed on a thread of its own where a session runs on a server, and the addon then lets go of JavaScript's
// memory there, which Node allows on the thread of that memory alone. So references are deleted by their own thread, with its next feed.
#include <node_api.h>

#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace {

struct Owner {
  std::thread::id thread;
  std::vector<napi_ref> released;
};
std::mutex mutex;
std::map<napi_env, Owner>& owners() {
  // Never destroyed: threads of TensorFlow outlive the end of the program.
  static auto* all = new std::map<napi_env, Owner>;
  return *all;
}

/** With an environment all of its references go. */
void forget(void* env) {
  const std::lock_guard<std::mutex> guard(mutex);
  owners().erase(static_cast<napi_env>(env));
}

}  // namespace

extern "C" napi_status inception_create_reference(napi_env env, napi_value value, uint32_t count, napi_ref* result) {
  std::vector<napi_ref> released;
  {
    const std::lock_guard<std::mutex> guard(mutex);
    const auto [found, isNew] = owners().try_emplace(env);
    found->second.thread = std::this_thread::get_id();
    released.swap(found->second.released);
    if (isNew) napi_add_env_cleanup_hook(env, forget, env);
  }
  for (napi_ref reference : released) napi_delete_reference(env, reference);
  return napi_create_reference(env, value, count, result);
}

extern "C" napi_status inception_delete_reference(napi_env env, napi_ref reference) {
  {
    const std::lock_guard<std::mutex> guard(mutex);
    const auto found = owners().find(env);
    if (found == owners().end()) return napi_ok;
    if (found->second.thread != std::this_thread::get_id()) {
      found->second.released.push_back(reference);
      return napi_ok;
    }
  }
  return napi_delete_reference(env, reference);
}
