// TensorFlow for NVIDIA's GPUs, and of its `and-cuda` extra what a network on one GPU needs. NCCL (several GPUs), CUPTI (profiles) and
// cuRAND are left out.
import { packages, type Release } from "./published.ts";

/** NVIDIA's functions as TensorFlow's compiler (XLA) takes them; it looks for them beside its own folder. */
export const deviceLibrary = "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc";

/** In the order in which they are fetched. */
export const cudaWheels = (libraries: readonly string[]): readonly Release[] => [
  {
    package: "tensorflow",
    version: "2.21.0",
    tag: "manylinux_2_27_x86_64",
    url: `${packages}/ce/d7/6e71b4ded8ce99cd21add95611ca14af6e9ad4f2baeabdeb79a4a6b3cb1f/tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl`,
    sha256: "b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0",
    bytes: 572_611_111,
    members: libraries,
  },
  nvidia("cuda_runtime", "12.9.79", "manylinux2014_x86_64.manylinux_2_17_x86_64", 3_493_179, ["libcudart.so.12"], {
    place: "bc/46/a92db19b8309581092a3add7e6fceb4c301a3fd233969856a8cbf042cd3c",
    sha256: "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
  }),
  {
    ...nvidia("cuda_nvcc", "12.9.86", "manylinux2010_x86_64.manylinux_2_12_x86_64", 40_546_229, [], {
      place: "25/48/b54a06168a2190572a312bfe4ce443687773eb61367ced31e064953dd2f7",
      sha256: "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
    }),
    members: [deviceLibrary],
  },
  nvidia("cublas", "12.9.3.13", "manylinux_2_27_x86_64", 581_217_458, ["libcublas.so.12", "libcublasLt.so.12"], {
    place: "7b/ea/9b6c36aef90766eebb4763aded157039e797ae9789c9c216e960d1d3cd47",
    sha256: "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
  }),
  nvidia("cudnn", "9.28.0.42", "manylinux_2_27_x86_64", 716_538_495, cudnnLibraries, {
    place: "ce/64/56ce3cad192cc75b50da3be44e36741ba963c84d3d2ca10aaa5ec16c49c3",
    sha256: "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
  }),
  nvidia("cuda_nvrtc", "12.9.86", "manylinux2010_x86_64.manylinux_2_12_x86_64", 89_568_129, nvrtcLibraries, {
    place: "b8/85/e4af82cc9202023862090bfca4ea827d533329e925c758f0cde964cb54b7",
    sha256: "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
  }),
  nvidia("cufft", "11.4.1.4", "manylinux2014_x86_64.manylinux_2_17_x86_64", 200_877_592, ["libcufft.so.11"], {
    place: "95/f4/61e6996dd20481ee834f57a8e9dca28b1869366a135e0d42e2aa8493bdd4",
    sha256: "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
  }),
  nvidia("cusolver", "11.7.5.82", "manylinux_2_27_x86_64", 338_117_415, ["libcusolver.so.11"], {
    place: "33/40/79b0c64d44d6c166c0964ec1d803d067f4a145cca23e23925fd351d0e642",
    sha256: "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
  }),
  nvidia("cusparse", "12.5.10.65", "manylinux2014_x86_64.manylinux_2_17_x86_64", 366_465_088, ["libcusparse.so.12"], {
    place: "12/46/b0fd4b04f86577921feb97d8e2cf028afe04f614d17fb5013de9282c9216",
    sha256: "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
  }),
  nvidia("nvjitlink", "12.9.86", "manylinux2010_x86_64.manylinux_2_12_x86_64", 39_748_338, ["libnvJitLink.so.12"], {
    place: "46/0c/c75bbfb967457a0b7670b8ad267bfc4fffdf341c074e0a80db06c24ccfd4",
    sha256: "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
  }),
];

/** TensorFlow opens cuSOLVER but does not look where its wheel has it; cuSPARSE's folder it looks into. */
export const cudaLinks: Readonly<Record<string, string>> = {
  "nvidia/cusparse/lib/libcusolver.so.11": "../../cusolver/lib/libcusolver.so.11",
};

const cudnnLibraries = [
  ...["", "_adv", "_cnn", "_engines_precompiled", "_engines_runtime_compiled", "_engines_tensor_ir"],
  ...["_ext", "_graph", "_heuristic", "_ops"],
].map((part) => `libcudnn${part}.so.9`);

const nvrtcLibraries = ["libnvrtc.so.12", "libnvrtc-builtins.so.12.9"];

function nvidia(
  library: string,
  version: string,
  tags: string,
  bytes: number,
  files: readonly string[],
  { place, sha256 }: { readonly place: string; readonly sha256: string },
): Release {
  const name = `nvidia_${library}_cu12`;
  return {
    package: name.replaceAll("_", "-"),
    version,
    tag: tags.split(".")[0]!,
    url: `${packages}/${place}/${name}-${version}-py3-none-${tags}.whl`,
    sha256,
    bytes,
    members: files.map((file) => `nvidia/${library}/lib/${file}`),
  };
}
