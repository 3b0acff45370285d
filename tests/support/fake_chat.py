"""The language model of the contract server: it answers by script, not by thinking.

    script   names of the next answers, in the order the questions come; when it is empty, "good"
    model    the only model it has
    asked    the questions, as they came
    context  characters of a question, at most (the answer then is 400, as from vLLM)

    good            fits the JSON schema asked for, its numbers are out of the question
    fenced, think   the same in a code fence; after a <think> block
    prose           no JSON at all
    cut             JSON that ends in the middle, finish_reason "length"
    refusal         no content, but a refusal
    wrong-numbers   fits the schema, with a number that is not in the question
    wrong-cause     the first closed list of the schema is not kept
    missing         a required member is left out
    markup          fits, with HTML, wiki markup and newlines in the texts
    no-usage        good, without usage and finish_reason, as from a local server
    empty           no choices, against the contract
    rate, quota     429: wait a second; never again
    loading         503 of llama.cpp
    failure         500
    gone            404: no such model"""

import copy
import json
import re

from contract import Answer

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
INVENTED = "987,654,321.12"


def numbers_in(text):
    """What looks like an amount, the longest first."""
    return sorted(set(NUMBER.findall(text)), key=len, reverse=True)


def fill(schema, text):
    """A value that fits the schema; every text says text."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: fill(each, text) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [fill(schema.get("items", {}), text)]
    if kind in ("number", "integer"):
        return schema.get("minimum", 1 if kind == "integer" else 0.5)
    return True if kind == "boolean" else text[:schema.get("maxLength", len(text))]


def break_enum(schema, value):
    for name, each in schema.get("properties", {}).items():
        if "enum" in each:
            value[name] = "sabotage by aliens"
            return


class FakeChat:
    def __init__(self):
        self.script = []
        self.model = "test-model"
        self.asked = []
        self.context = 1000000

    def refuse_login(self, _operation):
        return self._error(401, "Incorrect API key provided", "invalid_request_error",
                           "invalid_api_key")

    @staticmethod
    def _error(status, message, kind, code, **headers):
        return Answer(status, {"error": {"message": message, "type": kind, "param": None,
                                         "code": code}}, headers)

    def answer(self, verdict, _headers, body):
        if verdict.operation.path == "/v1/models":
            return Answer(200, {"object": "list", "data": [
                {"id": self.model, "object": "model", "created": 1, "owned_by": "test"}]})
        self.asked.append(body)
        step = self.script.pop(0) if self.script else "good"
        question = body["messages"][-1]["content"]
        if body["model"] != self.model or step == "gone":
            return self._error(404, f"The model `{body['model']}` does not exist",
                               "invalid_request_error", "model_not_found")
        if len(question) > self.context:
            return self._error(400, "This model's maximum context length is exceeded.",
                               "BadRequestError", 400)
        if step in ("rate", "quota", "loading", "failure"):
            return self._refuse(step)
        return self._complete(step, body, question)

    def _refuse(self, step):
        if step == "rate":
            return self._error(429, "Rate limit reached", "requests", "rate_limit_exceeded",
                               **{"Retry-After": "1"})
        if step == "quota":
            return self._error(429, "You exceeded your current quota", "insufficient_quota",
                               "insufficient_quota")
        if step == "loading":
            return self._error(503, "Loading model", "unavailable_error", 503)
        return self._error(500, "The server had an error", "server_error", None)

    def _content(self, step, schema, question):
        amounts = [each for each in numbers_in(question) if each != INVENTED]
        text = f"The balance moved by {amounts[0]}." if amounts else "The balance moved."
        if step == "wrong-numbers":
            text = f"The balance moved by {INVENTED}."
        elif step == "markup":
            text = f"<b>{text}</b> {{code}}[link|http://x.invalid]\n* a"
        value = fill(schema, text)
        if step == "wrong-cause":
            break_enum(schema, value)
        elif step == "missing":
            value.pop(next(iter(value)))
        good = json.dumps(value)
        return {"fenced": f"Here it is:\n```json\n{good}\n```\n",
                "think": f"<think>The user wants {{JSON}}.</think>\n{good}",
                "prose": "The balance has moved more than it usually does.",
                "cut": good[:len(good) // 2],
                "refusal": None}.get(step, good)

    def _complete(self, step, body, question):
        wanted = body.get("response_format", {}).get("json_schema", {}).get("schema", {})
        content = self._content(step, copy.deepcopy(wanted) or {"type": "object"}, question)
        message = {"role": "assistant", "content": content}
        if step == "refusal":
            message["refusal"] = "I cannot help with that."
        finish = {"cut": "length", "no-usage": None}.get(step, "stop")
        answer = {"id": f"chatcmpl-{len(self.asked)}", "object": "chat.completion",
                  "created": 1790000000, "model": self.model,
                  "choices": [{"index": 0, "finish_reason": finish, "message": message}]}
        if step == "empty":
            answer["choices"] = []
            return Answer(200, answer, lawless=True)
        if step != "no-usage":
            used = [len(question) // 4 + 1, len(content or "") // 4 + 1]
            answer["usage"] = {"prompt_tokens": used[0], "completion_tokens": used[1],
                               "total_tokens": sum(used)}
        return Answer(200, answer)

