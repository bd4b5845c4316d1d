// A small chat page, written as the packages' documentation recommends; its URL names the conversation.

import { useAgentChat, type AITool, type UseAgentChatOptions } from "@cloudflare/ai-chat/react";
import { useAgent } from "agents/react";
import { isToolUIPart, getToolName, type DynamicToolUIPart, type ToolUIPart, type UIMessage } from "ai";
import { Suspense, useEffect, useState, type FormEvent } from "react";
import { createRoot } from "react-dom/client";

const parameters = new URLSearchParams(location.search);

const nothing = { type: "object", properties: {} } as const;

/** The tools of this page; with `execute` they are sent to the agent, and the hook's `onToolCall` runs them. */
const tools: Record<string, AITool> = {
  getTime: { description: "Tells the time of the user's clock.", parameters: nothing, execute: () => "12:34" },
  getZone: { description: "Tells the user's time zone.", parameters: nothing, execute: () => ({ zone: "UTC" }) },
  getSecret: {
    description: "Fails.",
    parameters: nothing,
    execute: () => {
      throw new Error("That is not for you.");
    },
  },
};

const toolOptions: Pick<UseAgentChatOptions, "tools" | "onToolCall"> = {
  tools,
  onToolCall: async ({ toolCall: { toolCallId, toolName, input }, addToolOutput }) => {
    const execute = tools[toolName]?.execute;
    if (!execute) return;
    try {
      addToolOutput({ toolCallId, output: await execute(input) });
    } catch (error) {
      addToolOutput({ toolCallId, state: "output-error", errorText: (error as Error).message });
    }
  },
};

/** The suggested answers to a question of the agent. */
function optionsOf(part: ToolUIPart | DynamicToolUIPart): string[] {
  if (getToolName(part) !== "ask_user" || part.state !== "input-available") return [];
  return (part.input as { options?: string[] }).options ?? [];
}

/** The conversations, one after the other, and the messages that each submits at once. */
const names = parameters.getAll("name");
const says = parameters.getAll("say");

function Conversation() {
  const [at, setAt] = useState(0);
  const [message, setMessage] = useState("");
  const [files, setFiles] = useState<FileList>();
  const [ends, setEnds] = useState<string[]>([]);
  const agent = useAgent({
    agent: parameters.get("agent") ?? "CoderAgent",
    name: names[at] ?? "default",
    host: location.host,
    // The package's default of 3 s would be most of a test's time.
    minReconnectionDelay: 100,
  });
  const chat = useAgentChat({
    agent,
    ...(parameters.has("tools") ? toolOptions : {}),
    onTurnEnd: ({ outcome, error }) => setEnds((before) => [...before, error ? `${outcome}: ${error}` : outcome]),
  });

  // Submits once per conversation, as soon as there is a connection, which may not be open yet.
  useEffect(() => {
    const text = says[at];
    if (text) void chat.sendMessage({ text });
  }, [agent]);

  function take(event: FormEvent) {
    event.preventDefault();
    void chat.sendMessage(files ? { text: message, files } : { text: message });
    setMessage("");
    setFiles(undefined);
  }

  function edit({ id }: UIMessage) {
    void chat.sendMessage({ text: message, messageId: id });
    setMessage("");
  }

  return (
    <main>
      <div role="log" aria-label="Conversation">
        {chat.messages.map((entry) => (
          <article key={entry.id} aria-label={entry.role} data-id={entry.id} data-message={JSON.stringify(entry)}>
            {entry.parts.map((part, index) => {
              if (part.type === "file") return <img key={index} src={part.url} alt={part.filename} />;
              if (part.type === "text") return <p key={index}>{part.text}</p>;
              if (part.type === "reasoning") return <blockquote key={index}>{part.text}</blockquote>;
              if (part.type === "data-call") {
                return <output key={index} aria-label="Changes">{JSON.stringify(part.data)}</output>;
              }
              if (!isToolUIPart(part)) return null;
              const approval = part.state === "approval-requested" ? part.approval : undefined;
              const respond = (approved: boolean) => chat.addToolApprovalResponse({ id: approval!.id, approved });
              return (
                <section key={index} aria-label={getToolName(part)}>
                  <code>{part.state}</code>
                  {approval && <button onClick={() => respond(true)}>Approve</button>}
                  {approval && <button onClick={() => respond(false)}>Deny</button>}
                  {optionsOf(part).map((answer) => (
                    <button
                      key={answer}
                      onClick={() => chat.addToolOutput({ toolCallId: part.toolCallId, toolName: getToolName(part), output: { answer } })}
                    >
                      {answer}
                    </button>
                  ))}
                </section>
              );
            })}
            {entry.role === "user" && <button onClick={() => edit(entry)}>Edit</button>}
          </article>
        ))}
      </div>
      <form onSubmit={take}>
        <textarea aria-label="Message" value={message} onChange={(event) => setMessage(event.target.value)} />
        <input type="file" aria-label="Files" multiple onChange={(event) => setFiles(event.target.files ?? undefined)} />
        <button>Send</button>
      </form>
      {at + 1 < names.length && <button onClick={() => setAt(at + 1)}>Next conversation</button>}
      <button onClick={() => void chat.stop()}>Stop</button>
      <button onClick={() => void chat.regenerate()}>Regenerate</button>
      <button onClick={() => chat.clearHistory()}>Clear</button>
      <p role="status" aria-label="Turn">
        {chat.isStreaming && chat.status === "ready" ? "observing" : chat.status}
      </p>
      <p role="status" aria-label="Agent">
        {agent.identified ? `${agent.agent}/${agent.name}` : "unknown"}
      </p>
      <p role="status" aria-label="State">
        {JSON.stringify(agent.state)}
      </p>
      {chat.error && <p role="alert">{chat.error.message}</p>}
      <ol aria-label="Ended turns">
        {ends.map((end, index) => (
          <li key={index}>{end}</li>
        ))}
      </ol>
    </main>
  );
}

createRoot(document.getElementById("root")!).render(
  <Suspense fallback="Loading">
    <Conversation />
  </Suspense>,
);
