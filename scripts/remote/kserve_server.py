"""An expert of the zoo behind KServe's own model server: kserve_server.py FILE.onnx NAME PORT."""

import sys

import numpy as np
import onnxruntime
from kserve import InferOutput, InferRequest, InferResponse, Model, ModelServer

DATATYPES = {"tensor(uint8)": "UINT8", "tensor(float)": "FP32"}


class Expert(Model):
    def __init__(self, name: str, path: str):
        super().__init__(name)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.ready = True

    def load(self):
        return self.ready

    async def get_input_types(self):
        return [describe(value) for value in self.session.get_inputs()]

    async def get_output_types(self):
        return [describe(value) for value in self.session.get_outputs()]

    async def predict(self, payload: InferRequest, headers=None, response_headers=None) -> InferResponse:
        feeds = {tensor.name: tensor.as_numpy() for tensor in payload.inputs}
        names = [output.name for output in self.session.get_outputs()]
        outputs = []
        for name, data in zip(names, self.session.run(names, feeds)):
            output = InferOutput(name=name, shape=list(data.shape), datatype="FP32")
            output.set_data_from_numpy(np.ascontiguousarray(data, dtype=np.float32), binary_data=True)
            outputs.append(output)
        return InferResponse(
            response_id=payload.id,
            model_name=self.name,
            infer_outputs=outputs,
            requested_outputs=payload.request_outputs,
            use_binary_outputs=payload.use_binary_outputs,
        )


def describe(value):
    return {"name": value.name, "datatype": DATATYPES[value.type], "shape": [size if isinstance(size, int) else -1 for size in value.shape]}


path, name, port = sys.argv[1:]
ModelServer(http_port=int(port), enable_grpc=False, workers=1).start([Expert(name, path)])
